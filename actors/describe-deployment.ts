import type {Deployment} from '../schemas/deployment.js';
import type {ImportOrder, SplitOrder} from '../schemas/split-order.js';
import type {TensorInfo} from '../schemas/tensor.js';
import {tensorInfos} from '../src/plan/tensor-infos.js';
import type {Inspection} from './planner-task.js';

/** What of a deployment never changes. */
export type DeploymentFacts = Pick<
  Deployment,
  'id' | 'network' | 'device' | 'config' | 'inputs' | 'overridable' | 'outputs'
>;

/** A network as its users see it: before preprocessing, and after postprocessing. */
export function describeDeployment(
  id: string,
  {device, config}: SplitOrder,
  {graph, clientInputs, postprocess}: Inspection,
): DeploymentFacts {
  const replacedOutputs = infosByName(postprocess?.part.outputs ?? []);
  return {
    id,
    network: graph.name,
    device,
    config,
    inputs: tensorInfos(graph, graph.inputs).flatMap(info => clientInputs.get(info.name) ?? [info]),
    overridable: tensorInfos(graph, graph.overridable),
    outputs: tensorInfos(graph, graph.outputs).map(info => replacedOutputs.get(info.name) ?? info),
  };
}

/** An exported network, as its users saw it where it came from. */
export function describeImport(
  id: string,
  {device, config, exported}: ImportOrder,
): DeploymentFacts {
  const {name: network, inputs, overridable, outputs} = exported;
  return {id, network, device, config, inputs, overridable, outputs};
}

function infosByName(infos: readonly TensorInfo[]): ReadonlyMap<string, TensorInfo> {
  return new Map(infos.map(info => [info.name, info]));
}

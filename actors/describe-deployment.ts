import type {Deployment} from '../schemas/deployment.js';
import type {ImportOrder, SplitOrder} from '../schemas/split-order.js';
import type {TensorInfo} from '../schemas/tensor.js';
import {tensorInfos} from '../src/plan/tensor-infos.js';
import type {Inspection} from './planner-task.js';

/** What of a deployment never changes. */
export type DeploymentFacts = Pick<
  Deployment,
  'id' | 'network' | 'device' | 'config' | 'inputs' | 'overridable' | 'outputs' | 'states'
>;

/** A network as its users see it: before preprocessing, and after postprocessing. */
export function describeDeployment(
  id: string,
  {device, config, states}: SplitOrder,
  {graph, clientInputs, postprocess}: Inspection,
): DeploymentFacts {
  const replacedOutputs = infosByName(postprocess?.part.outputs ?? []);
  const read = new Set(states.map(({input}) => input));
  const made = new Set(states.map(({output}) => output));
  const requested = graph.inputs.filter(name => !read.has(name));
  const given = graph.outputs.filter(name => !made.has(name));
  return {
    id,
    network: graph.name,
    device,
    config,
    states: tensorInfos(graph, graph.inputs).filter(({name}) => read.has(name)),
    inputs: tensorInfos(graph, requested).flatMap(info => clientInputs.get(info.name) ?? [info]),
    overridable: tensorInfos(graph, graph.overridable),
    outputs: tensorInfos(graph, given).map(info => replacedOutputs.get(info.name) ?? info),
  };
}

/** An exported network, as its users saw it where it came from. */
export function describeImport(
  id: string,
  {device, config, exported}: ImportOrder,
): DeploymentFacts {
  const {name: network, inputs, overridable, outputs} = exported;
  const states = exported.states.map(({info}) => info);
  return {id, network, device, config, inputs, overridable, outputs, states};
}

function infosByName(infos: readonly TensorInfo[]): ReadonlyMap<string, TensorInfo> {
  return new Map(infos.map(info => [info.name, info]));
}

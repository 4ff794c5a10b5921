import type {OutputPostprocessing, Preprocessing} from '../../schemas/preprocessing.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import {applySteps} from './apply-steps.js';
import {refusal} from './axes.js';
import {completeSteps} from './complete-steps.js';
import {type ProcessingNetwork, processingNetwork} from './processing-network.js';
import {StepGraph} from './step-graph.js';

/** The name of a network's output before it has been postprocessed. */
export function rawName(output: string): string {
  return `${output}/raw`;
}

/**
 * The postprocessing of those network outputs that have any, as a network: its inputs are what the
 * network gives, named by `rawName`; its outputs have the network's names and are what the client
 * gets. Throws UNKNOWN_OUTPUT, or INVALID_ARGUMENT for steps that cannot be applied.
 */
export function postprocessNetwork(
  postprocessing: Preprocessing['outputs'],
  networkOutputs: readonly TensorInfo[],
): ProcessingNetwork {
  const steps = new Map(Object.entries(postprocessing));
  const known = new Map(networkOutputs.map(output => [output.name, output]));
  const names = [...steps.keys()];
  const unknown = names.find(name => !known.has(name));
  if (unknown !== undefined) {
    const message = `no output "${unknown}" to postprocess: the network has ${[...known.keys()]}`;
    throw new InferenceError('UNKNOWN_OUTPUT', message);
  }
  const graph = new StepGraph([...names, ...names.map(rawName)]);
  const inputs: TensorInfo[] = [];
  const outputs: TensorInfo[] = [];
  for (const output of networkOutputs) {
    const given = steps.get(output.name);
    if (given === undefined) continue;
    inputs.push({...output, name: rawName(output.name)});
    outputs.push(addOutput(output, given, graph));
  }
  return processingNetwork('postprocess', graph, inputs, outputs);
}

/** What the client gets for `output`. */
function addOutput(output: TensorInfo, given: OutputPostprocessing, graph: StepGraph): TensorInfo {
  const {name, type, shape} = output;
  const {layout} = given;
  const what = `output "${name}"`;
  if (layout !== undefined && shape !== null && layout.length !== shape.length) {
    throw refusal(`${what}: the layout ${layout} does not fit the shape [${shape}]`);
  }
  const start = {name: rawName(name), type, shape, layout, color: undefined, planes: []};
  const target = {type: given.type, layout: given.tensorLayout};
  const steps = completeSteps(what, given.steps, start, target);
  const end = applySteps(what, steps, start, graph);
  graph.finish(end.name, name);
  const said = end.layout === undefined ? {} : {layout: end.layout};
  return {name, type: end.type, shape: end.shape, ...said};
}

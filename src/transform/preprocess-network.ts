import type {InputPreprocessing, Preprocessing} from '../../schemas/preprocessing.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import {applySteps, shapesBack} from './apply-steps.js';
import {refusal} from './axes.js';
import {type ProcessingNetwork, processingNetwork} from './processing-network.js';
import {StepGraph} from './step-graph.js';
import type {Flowing} from './step-kind.js';

/** The name of a network's input once it has been preprocessed. */
export function preprocessedName(input: string): string {
  return `${input}/preprocessed`;
}

/**
 * The preprocessing of those network inputs that have any, as a network: its inputs are what the
 * client sends under the network's names, its outputs are named by `preprocessedName` and are what
 * the network takes. Throws UNKNOWN_INPUT, or INVALID_ARGUMENT for steps that do not lead there.
 */
export function preprocessNetwork(
  preprocessing: Preprocessing['inputs'],
  networkInputs: readonly TensorInfo[],
): ProcessingNetwork {
  const steps = new Map(Object.entries(preprocessing));
  const known = new Map(networkInputs.map(input => [input.name, input]));
  const names = [...steps.keys()];
  const unknown = names.find(name => !known.has(name));
  if (unknown !== undefined) {
    const message = `no input "${unknown}" to preprocess: the network has ${[...known.keys()]}`;
    throw new InferenceError('UNKNOWN_INPUT', message);
  }
  const graph = new StepGraph([...names, ...names.map(preprocessedName)]);
  const inputs: TensorInfo[] = [];
  const outputs: TensorInfo[] = [];
  for (const input of networkInputs) {
    const given = steps.get(input.name);
    if (given === undefined) continue;
    inputs.push(addInput(input, given, graph));
    outputs.push({...input, name: preprocessedName(input.name)});
  }
  return processingNetwork('preprocess', graph, inputs, outputs);
}

/** What the client sends for `input`. */
function addInput(input: TensorInfo, given: InputPreprocessing, graph: StepGraph): TensorInfo {
  const what = `input "${input.name}"`;
  const {steps, layout, type = input.type} = given;
  const rankOnly = layout === undefined ? null : Array<string>(layout.length).fill('?');
  const shapes = shapesBack(what, steps, layout, input.shape ?? rankOnly);
  const shape = given.shape ?? shapes[0] ?? null;
  if (layout !== undefined && shape !== null && layout.length !== shape.length) {
    throw refusal(`${what}: the layout ${layout} does not fit the shape [${shape}]`);
  }
  const start = {name: input.name, type, shape, layout};
  const end = applySteps(what, steps, start, graph, shapes.slice(1));
  checkFit(what, end, input);
  graph.finish(end.name, preprocessedName(input.name));
  return {name: input.name, type, shape};
}

function checkFit(what: string, {type, shape}: Flowing, input: TensorInfo): void {
  if (type !== input.type) {
    throw refusal(`${what}: its steps give ${type} elements, the network takes ${input.type}`);
  }
  if (shape === null || input.shape === null) return;
  const differs = shape.some((dimension, axis) => {
    const wanted = input.shape?.[axis];
    return typeof dimension === 'number' && typeof wanted === 'number' && dimension !== wanted;
  });
  if (!differs && shape.length === input.shape.length) return;
  throw refusal(`${what}: its steps give the shape [${shape}], the network takes [${input.shape}]`);
}

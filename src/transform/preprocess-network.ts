import type {InputPreprocessing, Preprocessing} from '../../schemas/preprocessing.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import {applySteps, shapesBack} from './apply-steps.js';
import {refusal} from './axes.js';
import {isYuv, planesOf} from './color-planes.js';
import {completeSteps, layoutBack} from './complete-steps.js';
import {type ProcessingNetwork, processingNetwork} from './processing-network.js';
import {sentShape} from './sent-shape.js';
import {StepGraph} from './step-graph.js';
import type {Flowing, Format} from './step-kind.js';

/** The name of a network's input once it has been preprocessed. */
export function preprocessedName(input: string): string {
  return `${input}/preprocessed`;
}

export interface PreprocessNetwork extends ProcessingNetwork {
  /** For each network input that something is declared of: what the client brings instead. */
  readonly clientInputs: ReadonlyMap<string, readonly TensorInfo[]>;
}

/**
 * The preprocessing of those network inputs that have any, as a network: its inputs are what the
 * client sends under the network's names (`image/y`, … for planes), its outputs are named by
 * `preprocessedName` and are what the network takes. Inputs that pass as they are are left out.
 * Throws UNKNOWN_INPUT, or INVALID_ARGUMENT for steps that do not lead there.
 */
export function preprocessNetwork(
  preprocessing: Preprocessing['inputs'],
  networkInputs: readonly TensorInfo[],
): PreprocessNetwork {
  const steps = new Map(Object.entries(preprocessing));
  const known = new Map(networkInputs.map(input => [input.name, input]));
  const names = [...steps.keys()];
  const unknown = names.find(name => !known.has(name));
  if (unknown !== undefined) {
    const message = `no input "${unknown}" to preprocess: the network has ${[...known.keys()]}`;
    throw new InferenceError('UNKNOWN_INPUT', message);
  }
  const sources = networkInputs.flatMap(input => {
    const given = steps.get(input.name);
    return given === undefined ? [] : [inputSource(input, given)];
  });
  const brought = sources.flatMap(({planes}) => planes.map(plane => plane.name));
  checkNames(sources, networkInputs);
  const graph = new StepGraph([...brought, ...names, ...names.map(preprocessedName)]);
  const woven = sources.filter(source => addInput(source, graph));
  const inputs = woven.flatMap(({planes}) => planes);
  const outputs = woven.map(({input}) => ({...input, name: preprocessedName(input.name)}));
  const clientInputs = new Map(sources.map(({input, planes}) => [input.name, planes] as const));
  return {...processingNetwork('preprocess', graph, inputs, outputs), clientInputs};
}

/** A network input, and where it comes from. */
interface InputSource {
  readonly what: string;
  readonly input: TensorInfo;
  /** What the client brings: one tensor, or one for each plane. */
  readonly planes: readonly TensorInfo[];
  readonly format: Format;
  readonly steps: InputPreprocessing['steps'];
  /** Before each step, and after the last. */
  readonly shapes: ReturnType<typeof shapesBack>;
}

function inputSource(input: TensorInfo, given: InputPreprocessing): InputSource {
  const what = `input "${input.name}"`;
  const {color, networkLayout, type = input.type} = given;
  checkLayout(what, networkLayout, input.shape);
  const layout = given.layout ?? (color && 'NHWC') ?? layoutBack(given.steps, networkLayout);
  const format = {layout, color};
  const target = {type: input.type, layout: networkLayout};
  const steps = completeSteps(what, given.steps, format, target);
  const known = networkLayout ?? layout;
  const rankOnly = known === undefined ? null : Array<string>(known.length).fill('?');
  const shapes = shapesBack(what, steps, format, input.shape ?? rankOnly);
  const shape = sentShape(what, given, format, shapes[0] ?? null);
  checkLayout(what, layout, shape);
  try {
    const planes = planesOf(input.name, type, shape, format);
    return {what, input, planes, format, steps, shapes};
  } catch (error) {
    throw refusal(`${what}: ${InferenceError.from(error).message}`);
  }
}

/** Adds what makes the input of what the client brings; false if that is the same. */
function addInput({what, input, planes, ...source}: InputSource, graph: StepGraph): boolean {
  const [first, ...others] = planes;
  if (first === undefined) return false;
  const {name, type, shape} = first;
  const further = others.map(plane => plane.name);
  const start = {name, type, shape, ...source.format, planes: further};
  const end = applySteps(what, source.steps, start, graph, source.shapes.slice(1));
  checkFit(what, end, input);
  if (end.name === input.name) return false;
  graph.finish(end.name, preprocessedName(input.name));
  return true;
}

function checkLayout(what: string, layout: string | undefined, shape: TensorInfo['shape']): void {
  if (layout === undefined || shape === null || layout.length === shape.length) return;
  throw refusal(`${what}: the layout ${layout} does not fit the shape [${shape}]`);
}

/** Planes are inputs of their own: none may be called as another input is. */
function checkNames(sources: readonly InputSource[], networkInputs: readonly TensorInfo[]): void {
  const names = new Set(networkInputs.map(({name}) => name));
  const planes = sources.flatMap(source => (source.planes.length > 1 ? source.planes : []));
  const twice = planes.find(({name}) => names.has(name));
  if (twice === undefined) return;
  throw refusal(`a plane would be called "${twice.name}", which is an input already`);
}

function checkFit(what: string, {type, shape, color}: Flowing, input: TensorInfo): void {
  if (isYuv(color)) {
    throw refusal(`${what}: expected RGB, BGR or GRAY after its steps, given ${color}`);
  }
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

import {InferenceError} from '../errors.js';
import {bodiesOf} from './captured-values.js';
import type {FunctionProto, GraphProto, ModelProto, NodeProto} from './generated/onnx_pb.js';
import {localFunctions} from './local-functions.js';
import {operationType} from './operation-names.js';

const randomTypes: ReadonlySet<string> = new Set([
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'com.microsoft.Sampling',
]);

/** The input that turns training on, for operations that draw random numbers only then. */
const trainingInputs: ReadonlyMap<string, number> = new Map([
  ['Dropout', 2],
  ['com.microsoft.BiasDropout', 4],
  ['com.microsoft.BitmaskDropout', 2],
  ['com.microsoft.BitmaskBiasDropout', 4],
]);

/** Functions that call functions are followed this deep. */
const callsDeepMax = 64;

/**
 * Tells which nodes of `model` draw random numbers: themselves, in a body or a local function.
 * Throws INVALID_NETWORK if a function calls itself, or calls are nested too deeply.
 */
export function randomOperations(model: ModelProto): (node: NodeProto) => boolean {
  const functionOf = localFunctions(model);
  const known = new Map<FunctionProto, boolean>();
  const calling = new Set<FunctionProto>();
  const functionIsRandom = (f: FunctionProto): boolean => {
    const answer = known.get(f);
    if (answer !== undefined) return answer;
    if (calling.has(f)) throw invalid(`function "${f.name}" calls itself`);
    if (calling.size === callsDeepMax) {
      throw invalid(`calls of functions are nested more than ${callsDeepMax} deep`);
    }
    calling.add(f);
    const random = f.node.some(node => nodeIsRandom(node, new Set()));
    calling.delete(f);
    known.set(f, random);
    return random;
  };
  const nodeIsRandom = (node: NodeProto, off: ReadonlySet<string>): boolean => {
    const called = functionOf(node);
    if (called !== undefined) return functionIsRandom(called);
    if (drawsItself(node, off)) return true;
    return bodiesOf(node).some(body => body.node.some(inner => nodeIsRandom(inner, off)));
  };
  const off = falseConstants(model.graph);
  return node => nodeIsRandom(node, off);
}

function drawsItself(node: NodeProto, off: ReadonlySet<string>): boolean {
  const type = operationType(node);
  if (randomTypes.has(type)) return true;
  const input = trainingInputs.get(type);
  const training = input === undefined ? undefined : node.input[input];
  return training !== undefined && training !== '' && !off.has(training);
}

/** Initializers that are plainly a false scalar. */
function falseConstants(graph: GraphProto | undefined): ReadonlySet<string> {
  const overridable = new Set(graph?.input.map(input => input.name));
  const scalars = graph?.initializer.filter(
    ({name, dataType, rawData, int32Data}) =>
      dataType === 9 &&
      !overridable.has(name) &&
      rawData.every(byte => byte === 0) &&
      int32Data.every(value => value === 0) &&
      rawData.length + int32Data.length === 1,
  );
  return new Set(scalars?.map(tensor => tensor.name));
}

function invalid(message: string): InferenceError {
  return new InferenceError('INVALID_NETWORK', message);
}

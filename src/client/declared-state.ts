import type {NumericType} from '../../schemas/element-type.js';
import {elementLayouts} from '../../schemas/element-type.js';
import type {StatePair} from '../../schemas/state.js';
import type {TensorData, TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import {nearestName} from '../nearest-name.js';
import type {OutputInfo} from '../network/network.js';
import {Tensor} from '../tensor.js';
import {checkTensorFits, elementCount, formatShape} from '../tensor-check.js';

/** A network output whose value is a network input of the next inference. */
export interface StateDeclaration extends StatePair {
  /** What the input is at first; zeros if left out. */
  readonly initial?: TensorData;
}

/** A state as a network declares it: checked, and with what it is at first. */
export interface DeclaredState extends StatePair {
  readonly initial: Tensor;
}

/** What of a network a declaration is checked against. */
export interface StatefulNetwork {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly OutputInfo[];
}

/**
 * Throws UNKNOWN_INPUT, UNKNOWN_OUTPUT, INVALID_ARGUMENT, TYPE_MISMATCH, SHAPE_MISMATCH or
 * SIZE_MISMATCH.
 */
export function declaredStates(
  network: StatefulNetwork,
  declarations: readonly StateDeclaration[],
): readonly DeclaredState[] {
  if (!Array.isArray(declarations) || !declarations.every(isObject)) {
    const given = Array.isArray(declarations) ? 'a list of others' : typeof declarations;
    const text = `states: expected a list of {output, input}, given ${given}`;
    throw new InferenceError('INVALID_ARGUMENT', text);
  }
  for (const key of ['output', 'input'] as const) checkOnce(declarations.map(each => each[key]));
  const states = declarations.map(each => declaredState(network, each));
  const made = new Set(states.map(({output}) => output));
  if (states.length > 0 && network.outputs.every(({name}) => made.has(name))) {
    const text = 'states: expected an output that is none, which a request gets';
    throw new InferenceError('INVALID_ARGUMENT', text);
  }
  return states;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function declaredState(
  {inputs, outputs}: StatefulNetwork,
  {output, input, initial}: StateDeclaration,
): DeclaredState {
  const info = inputs.find(({name}) => name === input);
  if (info === undefined) throw unknown('UNKNOWN_INPUT', 'input', input, inputs);
  if (info.type === 'string') {
    throw new InferenceError('INVALID_ARGUMENT', `state ${input}: expected numbers, given strings`);
  }
  const made = outputs.find(({name}) => name === output);
  if (made === undefined) throw unknown('UNKNOWN_OUTPUT', 'output', output, outputs);
  if (made.type !== undefined && made.type !== info.type) {
    const text = `state ${input}: expected ${output} to be ${info.type}, given ${made.type}`;
    throw new InferenceError('TYPE_MISMATCH', text);
  }
  const tensor = initial === undefined ? zerosOf(info) : Tensor.from(initial, input);
  checkTensorFits(info, tensor);
  return {output, input, initial: tensor};
}

function zerosOf({name, type, shape}: TensorInfo): Tensor {
  const sizes = shape?.filter(size => typeof size === 'number');
  if (shape === null || sizes?.length !== shape.length) {
    const text = `state ${name}: expected an initial tensor, as it is ${type}${formatShape(shape)}`;
    throw new InferenceError('INVALID_ARGUMENT', text);
  }
  const {array, bytes} = elementLayouts[type as NumericType];
  const count = elementCount(sizes);
  return new Tensor(type, sizes, new array(new ArrayBuffer(count * bytes), 0, count));
}

function checkOnce(names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new InferenceError('INVALID_ARGUMENT', `states: expected ${twice} in one of them only`);
}

function unknown(
  code: 'UNKNOWN_INPUT' | 'UNKNOWN_OUTPUT',
  what: string,
  given: string,
  known: readonly {readonly name: string}[],
): InferenceError {
  const names = known.map(({name}) => name);
  const nearest = nearestName(given, names);
  const hint = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
  const text = `state: expected an ${what} out of ${names.join(', ')}, given '${given}'${hint}`;
  return new InferenceError(code, text);
}

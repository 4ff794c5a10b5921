import {toHalf} from '../../devices/template/half-float.js';
import type {ElementType} from '../../schemas/element-type.js';
import type {TensorData} from '../../schemas/tensor.js';
import type {Attributes} from '../../src/network/node-proto.js';
import {NetworkBuilder} from './network-builder.js';
import type {SeededRandom} from './seeded-random.js';
import {tensorOf} from './tensor-of.js';

/** One operation with its attributes, and what it is fed. */
export interface OperationCase {
  readonly type: string;
  /** The version of the operator set; 17 if left out. */
  readonly opset?: number;
  readonly attributes?: Attributes;
  /** Undefined where an input is left out. */
  readonly inputs: readonly (InputSpec | undefined)[];
  /** 1 if left out. */
  readonly outputs?: number;
}

export interface InputSpec {
  readonly shape: readonly number[];
  /** The type that the case is run for, if left out. */
  readonly type?: ElementType;
  readonly values?: readonly (number | string)[];
  /** Values are drawn between these; whole numbers from `least` to `most` where the type is whole. */
  readonly least: number;
  readonly most: number;
}

/** Values are drawn at random. */
export function drawn(shape: readonly number[], least = -2, most = 2): InputSpec {
  return {shape, least, most};
}

/** As `drawn`, but of this type, whatever type the case is run for. */
export function drawnAs(
  type: ElementType,
  shape: readonly number[],
  least = -2,
  most = 2,
): InputSpec {
  return {shape, least, most, type};
}

/** These values. */
export function fixed(
  type: ElementType,
  values: readonly number[],
  shape = [values.length],
): InputSpec {
  return {shape, values, type, least: 0, most: 0};
}

export interface CaseNetwork {
  readonly model: Uint8Array;
  readonly inputs: ReadonlyMap<string, TensorData>;
}

/** inputs -> operation -> outputs, for element type `type`. */
export function caseNetwork(
  {type, opset = 17, attributes = {}, inputs, outputs = 1}: OperationCase,
  element: ElementType,
  random: SeededRandom,
): CaseNetwork {
  const builder = new NetworkBuilder().opset('', opset);
  const tensors = new Map<string, TensorData>();
  const names = inputs.map((spec, index) => {
    if (spec === undefined) return '';
    const tensor = tensorFor(spec, spec.type ?? element, random);
    tensors.set(`x${index}`, tensor);
    builder.input(`x${index}`, tensor.type, tensor.shape);
    return `x${index}`;
  });
  const made = Array.from({length: outputs}, (_, index) => `y${index}`);
  builder.node(type, names, made, attributes);
  for (const name of made) builder.output(name);
  return {model: builder.bytes(), inputs: tensors};
}

function tensorFor(spec: InputSpec, type: ElementType, random: SeededRandom): TensorData {
  const count = spec.shape.reduce((product, size) => product * size, 1);
  const values = spec.values ?? Array.from({length: count}, () => valueFor(spec, type, random));
  if (type !== 'f16') return tensorOf(type, spec.shape, values);
  return tensorOf(
    'f16',
    spec.shape,
    values.map(value => toHalf(Number(value))),
  );
}

function valueFor({least, most}: InputSpec, type: ElementType, random: SeededRandom) {
  // Numerals, so that they can be cast.
  if (type === 'string') return `${random.whole(0, 99)}`;
  if (type === 'bool') return random.whole(0, 1);
  if (type.startsWith('f')) return least + random.next() * (most - least);
  const lowest = type.startsWith('u') ? Math.max(0, least) : least;
  return random.whole(Math.ceil(lowest), Math.max(Math.ceil(lowest), Math.floor(most)));
}

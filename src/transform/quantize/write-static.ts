import type {TensorData} from '../../../schemas/tensor.js';
import {floatAttribute} from '../../network/node-attribute.js';
import {nodeProto} from '../../network/node-proto.js';
import {readTensor} from '../../network/tensor-proto.js';
import type {EditedNode, GraphEditor} from '../graph-editor.js';
import {roundHalfEven} from '../low-precision/round-half-even.js';
import type {ValueRange, ValueRanges} from './calibrate.js';
import type {QuantizedWeights} from './quantize-weights.js';
import {rootOf, staticValues} from './static-values.js';
import type {WeightStore} from './weight-store.js';
import type {WeightedNode} from './write-weights-only.js';

interface Parameters {
  readonly scale: number;
  readonly zeroPoint: number;
}

const stepsMax = 255;
const int32Max = 2 ** 31 - 1;

/**
 * Writes a network in the QDQ form by ranges that were seen: activations as uint8, one scale for
 * the whole tensor, and biases as int32 by the scales of the products that they are added to.
 */
export class StaticWriter {
  readonly #editor: GraphEditor;
  readonly #store: WeightStore;
  readonly #except: ReadonlySet<string>;
  readonly #parameters = new Map<string, Parameters>();

  constructor(
    editor: GraphEditor,
    store: WeightStore,
    of: {readonly ranges: ValueRanges; readonly except: readonly string[]},
  ) {
    this.#editor = editor;
    this.#store = store;
    this.#except = new Set(of.except);
    const {activations, constants} = staticValues(editor, of.except);
    for (const value of activations) this.#know(value, of.ranges.get(value));
    for (const value of constants) this.#know(value, constantRange(editor, value));
  }

  /** Writes the bias of an operation with weights; false if its input will not be quantised. */
  write({node, weights}: WeightedNode): boolean {
    const {opType, input} = node.proto;
    if (!['Conv', 'Gemm', 'MatMul'].includes(opType)) return false;
    const parameters = this.#parameters.get(rootOf(this.#editor, input[0] ?? ''));
    if (parameters === undefined) return false;
    if (opType !== 'MatMul' && isPlain(node)) this.#bias(node, weights, parameters.scale);
    return true;
  }

  /** Puts QuantizeLinear and DequantizeLinear behind every value whose range is known. */
  writePairs(): void {
    for (const [value, parameters] of this.#parameters) this.#pair(value, parameters);
  }

  #know(value: string, range: ValueRange | undefined): void {
    const parameters = range === undefined ? undefined : parametersOf(range);
    if (parameters !== undefined) this.#parameters.set(value, parameters);
  }

  #pair(value: string, {scale, zeroPoint}: Parameters): void {
    const editor = this.#editor;
    const readers = editor.readers(value).filter(({proto}) => !this.#except.has(proto.name));
    const origin = editor.maker(value) ?? readers[0];
    if (origin === undefined) return;
    const add = (what: string, content: TensorData) =>
      this.#store.initializer(`${value}/${what}`, () => content);
    const names = [
      add('scale', {type: 'f32', shape: [], data: Float32Array.of(scale)}),
      add('zero-point', {type: 'u8', shape: [], data: Uint8Array.of(zeroPoint)}),
    ];
    const quantized = editor.freshValue(`${value}/quantized`);
    const read = editor.freshValue(`${value}/dequantized`);
    editor.add(nodeProto('QuantizeLinear', [value, ...names], [quantized]), quantized, origin);
    editor.add(nodeProto('DequantizeLinear', [quantized, ...names], [read]), read, origin);
    for (const reader of readers) {
      const input = reader.proto.input.map(name => (name === value ? read : name));
      editor.change(reader, {input});
    }
  }

  /** As int32: the product's scale is that of the input times that of the weights. */
  #bias(node: EditedNode, {scales, axis}: QuantizedWeights, inputScale: number): void {
    const editor = this.#editor;
    const bias = node.proto.input[2] ?? '';
    const constant = editor.constant(bias);
    if (constant === undefined) return;
    const {type, shape, data} = readTensor(constant);
    const isAlong = axis === undefined || scales.length === data.length;
    if (type !== 'f32' || shape.length !== 1 || !isAlong) return;
    const products = scales.map(scale => scale * inputScale);
    const steps = Array.from(data as Float32Array, (value, at) =>
      roundHalfEven(value / (products[axis === undefined ? 0 : at] ?? 1)),
    );
    if (!steps.every(step => Math.abs(step) <= int32Max)) return;
    const {name} = node.proto;
    const size = axis === undefined ? [] : [products.length];
    const names = [
      this.#store.initializer(`${name}/bias`, () => ({
        type: 'i32',
        shape,
        data: Int32Array.from(steps),
      })),
      this.#store.initializer(`${name}/bias/scale`, () => ({
        type: 'f32',
        shape: size,
        data: products,
      })),
    ];
    const read = editor.freshValue(`${bias}/dequantized`);
    const attributes = axis === undefined ? {} : {axis: 0n};
    editor.add(nodeProto('DequantizeLinear', names, [read], attributes), read, node);
    editor.change(node, {input: node.proto.input.with(2, read)});
  }
}

/** No factor is in the way between the product and the bias. */
function isPlain({proto}: EditedNode): boolean {
  return floatAttribute(proto, 'alpha', 1) === 1 && floatAttribute(proto, 'beta', 1) === 1;
}

/** Zero is a step of the range; an empty range has steps of 1. */
function parametersOf({least, greatest}: ValueRange): Parameters | undefined {
  const [from, to] = [Math.min(0, least), Math.max(0, greatest)];
  const scale = Math.fround((to - from) / stepsMax);
  if (!Number.isFinite(scale)) return undefined;
  if (scale < 1e-30) return {scale: 1, zeroPoint: 0};
  return {scale, zeroPoint: Math.min(stepsMax, Math.max(0, Math.round(-from / scale)))};
}

function constantRange(editor: GraphEditor, value: string): ValueRange | undefined {
  const constant = editor.constant(value);
  if (constant === undefined) return undefined;
  const {type, data} = readTensor(constant);
  if (type !== 'f32' || data.length === 0) return undefined;
  let [least, greatest] = [Infinity, -Infinity];
  for (const element of data as Float32Array) {
    least = Math.min(least, element);
    greatest = Math.max(greatest, element);
  }
  return {least, greatest};
}

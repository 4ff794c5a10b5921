import {elementTypeOfOnnx} from '../../../schemas/element-type.js';
import type {NodeProto, TensorProto} from '../../network/generated/onnx_pb.js';
import {intAttribute} from '../../network/node-attribute.js';
import {operationType} from '../../network/operation-names.js';
import {readTensor} from '../../network/tensor-proto.js';
import type {EditedNode, GraphEditor} from '../graph-editor.js';

/** The element types that quantised tensors of this room have. */
export type QuantizedType = 'i8' | 'u8';

/** A QuantizeLinear or DequantizeLinear whose scale and zero point are constants. */
export interface LinearQuantization {
  readonly node: EditedNode;
  /** The value that it reads. */
  readonly input: string;
  readonly output: string;
  readonly type: QuantizedType;
  /** Float32, positive, neither near the greatest nor the least numbers. */
  readonly scales: Float32Array;
  /** As many as scales. */
  readonly zeroPoints: readonly number[];
  /** The axis that scales go along; undefined if there is one for the whole tensor. */
  readonly axis: number | undefined;
  /** The same for the same quantisation: type, scales, zero points and axis. */
  readonly key: string;
}

/** Outside, a quantised number and back might not be the same number. */
const scaleMin = 1e-30;
const scaleMax = 1e30;

const knownAttributes = new Set(['axis', 'saturate', 'output_dtype', 'block_size', 'precision']);

export function isQuantize(node: NodeProto): boolean {
  return isOf(node, 'QuantizeLinear');
}

export function isDequantize(node: NodeProto): boolean {
  return isOf(node, 'DequantizeLinear');
}

/** The standard operation, or ONNX Runtime's own of the same meaning. */
function isOf(node: NodeProto, type: string): boolean {
  const given = operationType(node);
  return given === type || given === `com.microsoft.${type}`;
}

/** Reads quantisations in a graph that is being edited; what a node says is read once. */
export class LinearQuantizations {
  readonly #editor: GraphEditor;
  readonly #known = new WeakMap<NodeProto, {readonly read: LinearQuantization | undefined}>();
  readonly #numbers = new WeakMap<TensorProto, readonly number[]>();

  constructor(editor: GraphEditor) {
    this.#editor = editor;
  }

  /** Undefined for another node, and for one that is not to be touched: blocks, 16 bits, float8. */
  quantize(node: EditedNode | undefined): LinearQuantization | undefined {
    if (node === undefined || !isQuantize(node.proto)) return undefined;
    return this.#once(node, () => {
      const dataType = intAttribute(node.proto, 'output_dtype', 0);
      return this.#read(node, dataType === 0 ? 'u8' : elementTypeOfOnnx(dataType));
    });
  }

  /** The same for a DequantizeLinear. */
  dequantize(node: EditedNode | undefined): LinearQuantization | undefined {
    if (node === undefined || !isDequantize(node.proto)) return undefined;
    return this.#once(node, () => this.#read(node, undefined));
  }

  /** What makes a value, if that is a DequantizeLinear. */
  dequantizeOf(value: string | undefined): LinearQuantization | undefined {
    return value === undefined ? undefined : this.dequantize(this.#editor.maker(value));
  }

  /** A node that is changed has another message, which is read anew. */
  #once(node: EditedNode, read: () => LinearQuantization | undefined) {
    const known = this.#known.get(node.proto);
    if (known !== undefined) return known.read;
    const made = read();
    this.#known.set(node.proto, {read: made});
    return made;
  }

  #read(node: EditedNode, type: string | undefined): LinearQuantization | undefined {
    const [input = '', scaleName = '', zeroName = ''] = node.proto.input;
    const [output = ''] = node.proto.output;
    if (!hasPlainAttributes(node.proto)) return undefined;
    const scale = this.#editor.constant(scaleName);
    const zero = zeroName === '' ? undefined : this.#editor.constant(zeroName);
    if (scale === undefined || (zeroName !== '' && zero === undefined)) return undefined;
    const stored = zero === undefined ? undefined : elementTypeOfOnnx(zero.dataType);
    const quantized = stored ?? type ?? this.#quantizedType(input);
    if (quantized !== 'i8' && quantized !== 'u8') return undefined;
    const scales = this.#scales(scale);
    if (scales === undefined) return undefined;
    const zeroPoints = zero === undefined ? scales.map(() => 0) : this.#numbersOf(zero);
    if (zeroPoints.length !== scales.length) return undefined;
    const axis = scales.length === 1 ? undefined : intAttribute(node.proto, 'axis', 1);
    const key = `${quantized} ${scales} ${zeroPoints} ${axis}`;
    const values = Float32Array.from(scales);
    return {node, input, output, type: quantized, scales: values, zeroPoints, axis, key};
  }

  #scales(scale: TensorProto): readonly number[] | undefined {
    if (elementTypeOfOnnx(scale.dataType) !== 'f32' || scale.dims.length > 1) return undefined;
    const scales = this.#numbersOf(scale);
    const isUsable = (each: number) => each > scaleMin && each < scaleMax;
    return scales.length > 0 && scales.every(isUsable) ? scales : undefined;
  }

  #numbersOf(tensor: TensorProto): readonly number[] {
    const known = this.#numbers.get(tensor);
    if (known !== undefined) return known;
    const numbers = Array.from(readTensor(tensor).data as ArrayLike<number>);
    this.#numbers.set(tensor, numbers);
    return numbers;
  }

  /** The type of a quantised value whose reader has no zero point that would tell. */
  #quantizedType(value: string): string | undefined {
    const constant = this.#editor.constant(value);
    if (constant !== undefined) return elementTypeOfOnnx(constant.dataType);
    return this.quantize(this.#editor.maker(value))?.type;
  }
}

function hasPlainAttributes(node: NodeProto): boolean {
  if (!node.attribute.every(({name}) => knownAttributes.has(name))) return false;
  return intAttribute(node, 'block_size', 0) === 0 && intAttribute(node, 'precision', 0) === 0;
}

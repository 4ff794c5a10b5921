import {onnxDataTypes} from '../../../schemas/element-type.js';
import {floatAttribute, intAttribute} from '../../network/node-attribute.js';
import {nodeProto} from '../../network/node-proto.js';
import {withFields} from '../../network/with-fields.js';
import type {EditedNode, GraphEditor} from '../graph-editor.js';
import type {QuantizedWeights} from './quantize-weights.js';
import {along, type WeightStore} from './weight-store.js';
import type {WeightedNode} from './write-weights-only.js';

/** What int8 weights are moved by to be uint8, which every kernel multiplies without saturating. */
const middle = 128;

/** The names of a value that was quantised, its scale and its zero point. */
type Quantized = readonly [value: string, scale: string, zeroPoint: string];

/**
 * Computes products with integers, as ONNX's dynamic quantisation does: DynamicQuantizeLinear of the
 * input, MatMulInteger or ConvInteger, and the 32-bit sums times both scales.
 */
export class DynamicWriter {
  readonly #editor: GraphEditor;
  readonly #store: WeightStore;
  readonly #inputs = new Map<string, Quantized>();

  constructor(editor: GraphEditor, store: WeightStore) {
    this.#editor = editor;
    this.#store = store;
  }

  /** False for an operation that has no integer form. */
  write({node, weights}: WeightedNode): boolean {
    switch (node.proto.opType) {
      case 'MatMul':
        return weights.shape.length === 2 && this.#matMul(node, weights);
      case 'Gemm':
        return this.#gemm(node, weights);
      case 'Conv':
        return this.#conv(node, weights);
      default:
        return false;
    }
  }

  #matMul(node: EditedNode, weights: QuantizedWeights): boolean {
    const {proto} = node;
    const [input = ''] = proto.input;
    const [output = ''] = proto.output;
    const quantized = this.#quantized(input, node);
    this.#editor.remove(node);
    const product = this.#product('MatMulInteger', {
      node,
      quantized,
      weights: this.#moved(weights),
    });
    const scale = this.#compute(
      'Mul',
      `${output}/scale`,
      node,
      quantized[1],
      this.#store.scales(weights),
    );
    this.#editor.add(nodeProto('Mul', [product, scale], [output]), proto.name, node);
    return true;
  }

  /** Without `transA`; what is transposed, scaled or added otherwise is put into the constants. */
  #gemm(node: EditedNode, weights: QuantizedWeights): boolean {
    const {proto} = node;
    const [alpha, beta] = [floatAttribute(proto, 'alpha', 1), floatAttribute(proto, 'beta', 1)];
    const [input = '', , bias = ''] = proto.input;
    if (intAttribute(proto, 'transA', 0) !== 0 || (bias !== '' && beta !== 1)) return false;
    const [output = ''] = proto.output;
    const isTransposed = intAttribute(proto, 'transB', 0) !== 0;
    const quantized = this.#quantized(input, node);
    this.#editor.remove(node);
    const numbers = isTransposed ? this.#transposed(weights) : this.#moved(weights);
    const product = this.#product('MatMulInteger', {node, quantized, weights: numbers});
    const scales = alpha === 1 ? this.#store.scales(weights) : this.#times(weights, alpha);
    const scale = this.#compute('Mul', `${output}/scale`, node, quantized[1], scales);
    this.#finish(node, {product, scale, bias});
    return true;
  }

  #conv(node: EditedNode, weights: QuantizedWeights): boolean {
    const {proto} = node;
    const [input = '', , bias = ''] = proto.input;
    const [output = ''] = proto.output;
    const quantized = this.#quantized(input, node);
    this.#editor.remove(node);
    const product = this.#product('ConvInteger', {node, quantized, weights: this.#moved(weights)});
    const ones = weights.shape.length - 2;
    const scales = this.#store.scales(weights, ones);
    const scale = this.#compute('Mul', `${output}/scale`, node, quantized[1], scales);
    this.#finish(node, {product, scale, bias: bias === '' ? '' : this.#column(bias, ones, node)});
    return true;
  }

  #finish(
    node: EditedNode,
    {
      product,
      scale,
      bias,
    }: {readonly product: string; readonly scale: string; readonly bias: string},
  ): void {
    const {proto} = node;
    const [output = ''] = proto.output;
    if (bias === '') {
      this.#editor.add(nodeProto('Mul', [product, scale], [output]), proto.name, node);
      return;
    }
    const scaled = this.#compute('Mul', `${output}/scaled`, node, product, scale);
    this.#editor.add(nodeProto('Add', [scaled, bias], [output]), proto.name, node);
  }

  /** The 32-bit sums, as float32. */
  #product(
    type: 'MatMulInteger' | 'ConvInteger',
    of: {readonly node: EditedNode; readonly quantized: Quantized; readonly weights: string},
  ): string {
    const {proto} = of.node;
    const [output = ''] = proto.output;
    const zero = this.#store.initializer('uint8/128', () => {
      return {type: 'u8', shape: [], data: Uint8Array.of(middle)};
    });
    const [value, , zeroPoint] = of.quantized;
    const sums = this.#editor.freshValue(`${output}/sums`);
    const made = nodeProto(type, [value, of.weights, zeroPoint, zero], [sums]);
    // Conv and ConvInteger have the same attributes; MatMul has none, and those of Gemm are done.
    const attribute = type === 'ConvInteger' ? proto.attribute : [];
    this.#editor.add(withFields(made, {attribute}), sums, of.node);
    const wide = this.#editor.freshValue(`${output}/wide`);
    const to = {to: BigInt(onnxDataTypes.f32)};
    this.#editor.add(nodeProto('Cast', [sums], [wide], to), wide, of.node);
    return wide;
  }

  /** Quantised once for all that read it. */
  #quantized(value: string, node: EditedNode): Quantized {
    const known = this.#inputs.get(value);
    if (known !== undefined) return known;
    const names: Quantized = [
      this.#editor.freshValue(`${value}/uint8`),
      this.#editor.freshValue(`${value}/scale`),
      this.#editor.freshValue(`${value}/zero-point`),
    ];
    this.#editor.add(nodeProto('DynamicQuantizeLinear', [value], names), names[0], node);
    this.#inputs.set(value, names);
    return names;
  }

  #moved({value, data, shape, axis}: QuantizedWeights): string {
    return this.#store.initializer([value, 'uint8', ...along(axis)].join('/'), () => ({
      type: 'u8',
      shape,
      data: Uint8Array.from(data, number => number + middle),
    }));
  }

  #transposed({value, data, shape, axis}: QuantizedWeights): string {
    const [rows = 0, columns = 0] = shape;
    return this.#store.initializer(
      [value, 'uint8', 'transposed', ...along(axis)].join('/'),
      () => ({
        type: 'u8',
        shape: [columns, rows],
        data: Uint8Array.from(data, (_, at) => {
          return (data[(at % rows) * columns + Math.floor(at / rows)] ?? 0) + middle;
        }),
      }),
    );
  }

  #times({value, scales, axis}: QuantizedWeights, factor: number): string {
    const shape = axis === undefined ? [] : [scales.length];
    return this.#store.initializer(
      [value, 'scale', `times ${factor}`, ...along(axis)].join('/'),
      () => ({
        type: 'f32',
        shape,
        data: scales.map(scale => scale * factor),
      }),
    );
  }

  #column(bias: string, ones: number, node: EditedNode): string {
    const shape = [-1n, ...new Array<bigint>(ones).fill(1n)];
    const column = this.#store.initializer(`column${ones}`, () => ({
      type: 'i64',
      shape: [shape.length],
      data: BigInt64Array.from(shape),
    }));
    return this.#compute('Reshape', `${bias}/column`, node, bias, column);
  }

  #compute(type: string, wish: string, node: EditedNode, ...inputs: readonly string[]): string {
    return this.#editor.compute(type, inputs, wish, node);
  }
}

import {
  type ElementData,
  type ElementType,
  elementLayouts,
  type NumericType,
  onnxDataTypes,
} from '../../schemas/element-type.js';
import type {TensorData} from '../../schemas/tensor.js';
import type {NodeProto, TensorProto} from '../network/generated/onnx_pb.js';
import {type Attributes, nodeProto} from '../network/node-proto.js';
import {tensorProto} from '../network/tensor-proto.js';

type Numbers = readonly (number | bigint)[];

/** The nodes of a pre- or postprocessing network while steps add to them. */
export class StepGraph {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #taken: Set<string>;

  /** `taken`: the names of inputs and outputs. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** Adds a node with one output, whose name is returned. */
  node(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = this.#fresh(type);
    this.nodes.push(nodeProto(type, inputs, [output], attributes));
    return output;
  }

  /** Gives `value` the name that it has outside. */
  finish(value: string, name: string): void {
    this.nodes.push(nodeProto('Identity', [value], [name]));
  }

  /** A list of whole numbers: axes, sizes. */
  integers(values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.#initializer({type: 'i64', shape: [values.length], data});
  }

  /** Numbers of this shape as elements of `type`, which holds them. */
  numbers(values: Numbers, shape: readonly number[], type: NumericType): string {
    if (type === 'f16') return this.cast(this.numbers(values, shape, 'f32'), type);
    return this.#initializer({type, shape, data: elementsOf(values, type)} as TensorData);
  }

  cast(value: string, type: ElementType): string {
    return this.node('Cast', [value], {to: BigInt(onnxDataTypes[type])});
  }

  #initializer(tensor: TensorData): string {
    const name = this.#fresh('constant');
    this.initializers.push(tensorProto(name, tensor));
    return name;
  }

  #fresh(what: string): string {
    let name = `${what}_${this.nodes.length + this.initializers.length}`;
    while (this.#taken.has(name)) name += "'";
    this.#taken.add(name);
    return name;
  }
}

function elementsOf(values: Numbers, type: NumericType): ElementData[NumericType] {
  const {array, bytes} = elementLayouts[type];
  const data = new array(new ArrayBuffer(values.length * bytes), 0, values.length);
  for (const [index, value] of values.entries()) {
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      data[index] = BigInt(value);
    } else {
      data[index] = Number(value);
    }
  }
  return data;
}

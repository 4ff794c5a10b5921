import type {ElementType} from '../../schemas/element-type.js';
import {onnxDataTypes} from '../../schemas/element-type.js';
import type {TensorData} from '../../schemas/tensor.js';
import type {NodeProto, TensorProto} from '../network/generated/onnx_pb.js';
import {type Attributes, nodeProto} from '../network/node-proto.js';
import {tensorProto} from '../network/tensor-proto.js';

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

  /** Numbers of this shape as elements of `type`. */
  numbers(values: readonly number[], shape: readonly number[], type: ElementType): string {
    const constant = this.#initializer({type: 'f32', shape, data: Float32Array.from(values)});
    return type === 'f32' ? constant : this.cast(constant, type);
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

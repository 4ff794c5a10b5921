import {
  type ElementData,
  type ElementType,
  elementLayouts,
  type NumericType,
  onnxDataTypes,
} from '../../schemas/element-type.js';
import type {TensorData} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import type {NodeProto, TensorProto} from '../network/generated/onnx_pb.js';
import {type Attributes, nodeProto} from '../network/node-proto.js';
import {tensorProto} from '../network/tensor-proto.js';
import {withFields} from '../network/with-fields.js';
import type {CustomNetwork} from './custom-network.js';
import {checkRaised} from './raised-opset.js';
import {renamedNode} from './renamed-values.js';

/** Resize and Pad take axes from this operator set on; later ones mean the same by what steps add. */
const oldestOpset = 18;

type Numbers = readonly (number | bigint)[];

/** The nodes of a pre- or postprocessing network while steps add to them. */
export class StepGraph {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #taken: Set<string>;
  readonly #spliced: CustomNetwork[] = [];
  readonly #opsets = new Map([['', oldestOpset]]);
  #irVersion = 8;

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

  /**
   * Adds a network's nodes behind `value`, under names of their own; the name of its output is
   * returned. Its operator sets have to agree with those of what is there already: ONNX's own is
   * raised to the highest. Throws NOT_IMPLEMENTED where a node means something else in it.
   */
  splice(network: CustomNetwork, value: string): string {
    this.#agree(network);
    const {graph, input, output} = network;
    const prefix = this.#fresh('custom');
    const rename = (name: string) => (name === input.name ? value : `${prefix}/${name}`);
    this.nodes.push(...graph.node.map(node => renamedNode(node, rename)));
    this.initializers.push(
      ...graph.initializer.map(each => withFields(each, {name: rename(each.name)})),
    );
    return rename(output.name);
  }

  /** Versions of operator sets by domain. */
  get opsets(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#opsets);
  }

  get irVersion(): number {
    return this.#irVersion;
  }

  #agree(network: CustomNetwork): void {
    for (const [domain, version] of network.opsets) {
      const there = this.#opsets.get(domain) ?? version;
      if (domain !== '' && there !== version) {
        const text = `expected version ${there} of the operators of ${domain}, given ${version}`;
        throw new InferenceError('NOT_IMPLEMENTED', text);
      }
      this.#opsets.set(domain, Math.max(there, version));
    }
    this.#spliced.push(network);
    this.#irVersion = Math.max(this.#irVersion, network.irVersion);
    const highest = this.#opsets.get('') ?? oldestOpset;
    for (const {graph, opsets} of this.#spliced) {
      checkRaised(graph.node, opsets.get('') ?? highest, highest);
    }
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
    while (this.#isTaken(name)) name += "'";
    this.#taken.add(name);
    return name;
  }

  /** What begins with a name and a slash is taken with it. */
  #isTaken(name: string): boolean {
    return this.#taken.has(name) || [...this.#taken].some(each => each.startsWith(`${name}/`));
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

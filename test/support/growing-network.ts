import type {ElementType} from '../../schemas/element-type.js';
import type {TensorData} from '../../schemas/tensor.js';
import type {Attributes} from '../../src/network/node-proto.js';
import type {NetworkBuilder} from './network-builder.js';
import type {SeededRandom} from './seeded-random.js';
import {tensorOf} from './tensor-of.js';

/** A float32 value of shape [batch, width] in a random network; no element is above `bound`. */
export interface Grown {
  readonly name: string;
  readonly width: number;
  readonly bound: number;
}

/** Values above this are squashed before they grow further. */
const boundMax = 50;

/** A random network while it grows: its values so far, and how steps draw from and add to them. */
export class GrowingNetwork {
  readonly builder: NetworkBuilder;
  readonly random: SeededRandom;
  readonly values: Grown[] = [];
  /** Values of shape [2] that are no floating-point numbers. */
  readonly exact: {readonly name: string; readonly type: 'i64' | 'bool' | 'string'}[] = [];
  /** Values of shape [1, width] that depend on no input. */
  readonly computed: {readonly name: string; readonly width: number}[] = [];
  readonly #weights: {readonly name: string; readonly shape: string}[] = [];
  #names = 0;

  constructor(builder: NetworkBuilder, random: SeededRandom) {
    this.builder = builder;
    this.random = random;
  }

  fresh(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  /** Some value made so far; recent ones more often, so that chains grow. */
  any(): Grown {
    const {random, values} = this;
    const recent = random.chance(0.5) ? values.slice(-4) : values;
    return random.pick(recent);
  }

  /** Another value of the same width, or the same one. */
  anyLike(value: Grown): Grown {
    return this.random.pick(this.values.filter(({width}) => width === value.width));
  }

  /** The name of some exact value of a type; undefined if there is none yet. */
  exactly(type: 'i64' | 'bool' | 'string'): string | undefined {
    const there = this.exact.filter(each => each.type === type);
    return there.length === 0 ? undefined : this.random.pick(there).name;
  }

  /** A value that `any` may give from now on. */
  add(name: string, width: number, bound: number): Grown {
    const grown = bound > boundMax ? this.#squash(name, width) : {name, width, bound};
    this.values.push(grown);
    return grown;
  }

  /** One node with one new output. */
  node(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = this.fresh('v');
    const named = this.random.chance(0.5) ? `node ${output}` : '';
    this.builder.node(type, inputs, [output], attributes, named);
    return output;
  }

  /** A float32 initializer with elements in [-1, 1]; often one that another node reads already. */
  weight(shape: readonly number[]): string {
    const there = this.#weights.filter(each => each.shape === shape.join());
    if (there.length > 0 && this.random.chance(0.8)) return this.random.pick(there).name;
    const name = this.fresh('w');
    const tensor = this.tensor(shape);
    if (this.random.chance(0.5)) this.builder.overridable(name, tensor);
    else this.builder.initializer(name, tensor);
    this.#weights.push({name, shape: shape.join()});
    return name;
  }

  /** A new initializer of these values. */
  constant(type: ElementType, shape: readonly number[], values: readonly number[]): string {
    const name = this.fresh('c');
    this.builder.initializer(name, tensorOf(type, shape, values));
    return name;
  }

  /** Float32 elements in [-1, 1]. */
  tensor(shape: readonly number[]): TensorData {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = Array.from({length: count}, () => this.random.next() * 2 - 1);
    return tensorOf('f32', shape, values);
  }

  #squash(name: string, width: number): Grown {
    return {name: this.node('Tanh', [name]), width, bound: 1};
  }
}

import type {NamedTensors} from '../../schemas/tensor.js';
import {NetworkBuilder} from './network-builder.js';
import {SeededRandom} from './seeded-random.js';
import {tensorOf} from './tensor-of.js';

/** A value of the network while it is drawn; all are f32[2,4,4,4] or, flat, f32[2,64]. */
interface Drawn {
  readonly name: string;
  readonly flat: boolean;
}

/** Scales and zero points that are drawn from, so that some are the same. */
const parameters = ['0', '1', '2', '3'] as const;

class RandomQuantized {
  readonly builder = new NetworkBuilder('random');
  readonly random: SeededRandom;
  readonly values: Drawn[] = [{name: 'x', flat: false}];
  #count = 0;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.builder.input('x', 'f32', [2, 4, 4, 4]);
    const drawnFrom = [
      [1 / 64, 'u8', 128],
      [0.03, 'u8', 100],
      [0.05, 'u8', 0],
      [0.02, 'i8', -5],
    ] as const;
    for (const [at, [scale, type, zero]] of drawnFrom.entries()) {
      this.builder
        .initializer(`s${at}`, tensorOf('f32', [], [scale]))
        .initializer(`z${at}`, tensorOf(type, [], [zero]));
    }
    this.builder.initializer('w', this.uniform([4, 4, 1, 1]));
  }

  uniform(shape: readonly number[]) {
    const count = shape.reduce((product, size) => product * size, 1);
    return tensorOf(
      'f32',
      shape,
      Array.from({length: count}, () => this.random.next() * 2 - 1),
    );
  }

  step(): void {
    const value = this.random.pick(this.values);
    const next = this.random.chance(0.45) ? this.#pair(value) : this.#operation(value);
    this.values.push(next);
  }

  #pair(value: Drawn): Drawn {
    const of = this.random.pick(parameters);
    const quantized = this.#made('QuantizeLinear', `${value.name} s${of} z${of}`);
    const name = this.#made('DequantizeLinear', `${quantized} s${of} z${of}`);
    return {name, flat: value.flat};
  }

  #operation(value: Drawn): Drawn {
    const {name, flat} = value;
    const same = this.values.filter(each => each.flat === flat);
    switch (this.random.whole(0, flat ? 4 : 7)) {
      case 0:
        return {name: this.#made('Relu', name), flat};
      case 1:
        return {name: this.#made('Add', `${name} ${this.random.pick(same).name}`), flat};
      case 2:
        return {name: this.#made('Identity', name), flat};
      case 3:
        return {name: this.#halves(name, this.random.pick(same).name), flat};
      case 4:
        return {name: this.#made('Flatten', name), flat: true};
      case 5:
        return {name: this.#made('Transpose', name, {perm: [0n, 2n, 3n, 1n]}), flat};
      case 6: {
        const pool = {kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n]};
        return {name: this.#made('MaxPool', name, pool), flat};
      }
      default:
        return {name: this.#made('Conv', `${name} w`), flat};
    }
  }

  /** The first half of one value and the second of another. */
  #halves(one: string, other: string): string {
    const [first, rest] = [`half${this.#count}`, `rest${this.#count}`];
    this.builder.node('Split', one, [first, `${first}b`], {axis: 1n});
    this.builder.node('Split', other, [`${rest}a`, rest], {axis: 1n});
    return this.#made('Concat', `${first} ${rest}`, {axis: 1n});
  }

  #made(type: string, inputs: string, attributes = {}): string {
    const name = `v${this.#count++}`;
    this.builder.node(type, inputs, name, attributes);
    return name;
  }
}

/** A network of operations that move and compute, with pairs of Q and DQ strewn in. */
export function randomQuantizedNetwork(seed: number): {
  readonly bytes: Uint8Array;
  readonly inputs: NamedTensors;
} {
  const drawn = new RandomQuantized(seed);
  for (let step = 0; step < 12; step++) drawn.step();
  const [{name = 'x'} = {}] = drawn.values.slice(-1);
  drawn.builder.output(name);
  const middle = drawn.random.pick(drawn.values).name;
  if (middle !== name && middle !== 'x') drawn.builder.output(middle);
  return {
    bytes: drawn.builder.bytes(),
    inputs: new Map([['x', drawn.uniform([2, 4, 4, 4])]]),
  };
}

import type {Attributes} from '../../src/network/node-proto.js';
import {tensorProto} from '../../src/network/tensor-proto.js';
import {NetworkBuilder} from './network-builder.js';
import {
  broadcasts,
  fixed,
  groupSize,
  type Piece,
  type Size,
  sameSize,
  sizeOfAll,
} from './row-size.js';
import type {SeededRandom} from './seeded-random.js';
import {tensorOf} from './tensor-of.js';

/** A float32 value of a random network, with the sizes that it has by construction. */
export interface Value {
  readonly name: string;
  readonly dims: readonly Size[];
}

/** A random network with shape arithmetic while it grows. */
export class ShapedNetwork {
  readonly builder: NetworkBuilder;
  readonly #random: SeededRandom;
  /** Rows that every request has, if that is known: 1 is declared, others are not. */
  readonly #rows: number | undefined;
  readonly #values: Value[] = [];
  #names = 0;

  constructor(random: SeededRandom, rows?: number) {
    this.#random = random;
    this.#rows = rows;
    this.builder = new NetworkBuilder('shapes');
  }

  addInput(): Value {
    const name = this.#fresh('x');
    const sizes = Array.from({length: this.#random.whole(1, 3)}, () =>
      this.#random.pick([1, 2, 3, 4]),
    );
    // A free dimension is a size that only the request says.
    const free = this.#rows !== 1 && this.#random.chance(0.5);
    const shown = sizes.map((size, at) => (free && at === 0 ? this.#fresh('free') : size));
    this.builder.input(name, 'f32', [this.#rows === 1 ? 1 : 'n', ...shown]);
    return this.#add(name, [{factor: 1, rows: true}, ...sizes.map(fixed)]);
  }

  step(): void {
    const kinds = [
      () => this.#unary(),
      () => this.#binary(),
      () => this.#reshape(),
      () => this.#reshape(),
      () => this.#reshape(),
      () => this.#repeat(),
      () => this.#fill(),
      () => this.#transpose(),
      () => this.#reduce(),
      () => this.#normalise(),
      () => this.#count(),
      () => this.#cut(),
      () => this.#concat(),
      () => this.#multiply(),
      () => this.#unsqueeze(),
      () => this.#scale(),
    ];
    this.#random.pick(kinds)();
  }

  /** A value with a row for each row of the inputs, if there is one; the last one counts most. */
  addOutput(): void {
    if (this.#random.chance(0.5)) this.#rowEach();
    const rowed = this.#values.filter(({dims: [first]}) => first?.rows && first.factor === 1);
    const made = rowed.slice(-2).reverse();
    const {name} = made.find(() => this.#random.chance(0.8)) ?? made[0] ?? this.#any();
    this.builder.node('Identity', [name], ['y']).output('y');
  }

  /** Some value of rows as [rows, …], in the way of `x.view(x.size(0), -1)`. */
  #rowEach(): void {
    const source = this.#any();
    const axis = source.dims.findIndex(({rows, factor}) => rows && factor === 1);
    if (axis < 0) return;
    const others = sizeOfAll(source.dims.filter((_, at) => at !== axis));
    if (others === undefined) return;
    const shape = this.#node('Concat', [this.#sizeOf(source, axis), this.#ints([-1])], {axis: 0n});
    this.#add(this.#node('Reshape', [source.name, shape]), [{factor: 1, rows: true}, others]);
  }

  #fresh(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  #add(name: string, dims: readonly Size[]): Value {
    const value = {name, dims};
    this.#values.push(value);
    return value;
  }

  #any(): Value {
    const {length} = this.#values;
    const recent = this.#random.chance(0.75) ? this.#values.slice(length - 2) : this.#values;
    return this.#random.pick(recent);
  }

  #node(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = this.#fresh('v');
    this.builder.node(type, inputs, [output], attributes);
    return output;
  }

  #ints(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const name = this.#fresh('c');
    this.builder.initializer(name, tensorOf('i64', shape, values));
    return name;
  }

  #weights(shape: readonly number[]): string {
    const name = this.#fresh('w');
    const size = shape.reduce((all, each) => all * each, 1);
    const values = Array.from({length: size}, () => this.#random.next() * 2 - 1);
    this.builder.initializer(name, tensorOf('f32', shape, values));
    return name;
  }

  /** The size of a constant of one's own along a dimension: the dimension, if that is known, or 1. */
  #own({factor, rows}: Size): number {
    if (rows && (this.#rows === undefined || this.#random.chance(0.7))) return 1;
    return this.#random.chance(0.3) ? 1 : factor * (rows ? (this.#rows ?? 1) : 1);
  }

  #unary(): void {
    const {name, dims} = this.#any();
    this.#add(this.#node(this.#random.pick(['Tanh', 'Sigmoid', 'Neg']), [name]), dims);
  }

  #binary(): void {
    const {name, dims} = this.#any();
    const alike = this.#values.filter(other => broadcasts(dims, other.dims));
    const own = this.#weights(
      dims.slice(this.#random.whole(0, dims.length)).map(d => this.#own(d)),
    );
    const other = this.#random.chance(0.5) ? this.#random.pick(alike).name : own;
    const type = this.#random.pick(['Add', 'Mul', 'Sub']);
    const inputs = this.#random.chance(0.5) ? [name, other] : [other, name];
    this.#add(this.#node(type, inputs), dims);
  }

  #transpose(): void {
    const {name, dims} = this.#any();
    const left = dims.map((_, at) => at);
    const perm = dims.map(() => left.splice(this.#random.whole(0, left.length - 1), 1)[0] ?? 0);
    const moved = perm.map(axis => dims[axis] ?? fixed(1));
    this.#add(this.#node('Transpose', [name], {perm: perm.map(BigInt)}), moved);
  }

  #reduce(): void {
    const {name, dims} = this.#any();
    const axis = this.#axis(dims);
    const kept = this.#random.chance(0.5);
    if (this.#random.chance(0.4)) {
      this.#add(this.#node('Softmax', [name], {axis: BigInt(axis)}), dims);
      return;
    }
    const attributes = {axes: [BigInt(axis)], keepdims: kept ? 1n : 0n};
    const left = dims.flatMap((size, at) => (at !== axis ? [size] : kept ? [fixed(1)] : []));
    this.#add(this.#node('ReduceMean', [name], attributes), left);
  }

  /** By the mean along some axis; the shape stays, so that only values tell what was mixed. */
  #normalise(): void {
    const {name, dims} = this.#any();
    if (dims.length === 0) return;
    const mean = this.#node('ReduceMean', [name], {axes: [BigInt(this.#axis(dims))]});
    this.#add(this.#node('Sub', [name, mean]), dims);
  }

  /** Adds how many there are before, along some axis. */
  #count(): void {
    const {name, dims} = this.#any();
    if (dims.length === 0) return;
    const axis = this.#axis(dims);
    const size = this.#node('Squeeze', [this.#sizeOf({name, dims}, axis), this.#ints([0])]);
    const range = this.#node('Range', [this.#ints([0], []), size, this.#ints([1], [])]);
    const after = dims.slice(axis + 1).map((_, at) => at + 1);
    const column = this.#node('Cast', [range], {to: 1n});
    const placed =
      after.length === 0 ? column : this.#node('Unsqueeze', [column, this.#ints(after)]);
    const scaled = this.#node('Tanh', [placed]);
    this.#add(this.#node('Add', [name, scaled]), dims);
  }

  /** Often not the first, where the batch mostly is. */
  #axis(dims: readonly Size[]): number {
    return this.#random.whole(
      dims.length > 1 && this.#random.chance(0.8) ? 1 : 0,
      Math.max(dims.length - 1, 0),
    );
  }

  #cut(): void {
    const {name, dims} = this.#any();
    const axis = this.#axis(dims);
    if (dims[axis]?.rows !== false) return;
    const others = dims.filter((_, at) => at !== axis);
    if (this.#random.chance(0.5)) {
      const at = this.#ints([this.#random.whole(0, dims[axis].factor - 1)], []);
      this.#add(this.#node('Gather', [name, at], {axis: BigInt(axis)}), others);
      return;
    }
    const [starts, ends, axes] = [[0], [1], [axis]].map(list => this.#ints(list)) as [
      string,
      string,
      string,
    ];
    const cut = dims.map((size, at) => (at === axis ? fixed(1) : size));
    this.#add(this.#node('Slice', [name, starts, ends, axes]), cut);
  }

  #concat(): void {
    const {name, dims} = this.#any();
    const axis = this.#axis(dims);
    const others = this.#values.filter(({dims: other}) => {
      return (
        other.length === dims.length &&
        dims.every((size, at) => at === axis || sameSize(size, other[at]))
      );
    });
    const other = this.#random.pick(others);
    const [a, b] = [dims[axis], other.dims[axis]];
    if (a === undefined || b === undefined || a.rows !== b.rows) return;
    const joined = dims.map((size, at) =>
      at === axis ? {...a, factor: a.factor + b.factor} : size,
    );
    this.#add(this.#node('Concat', [name, other.name], {axis: BigInt(axis)}), joined);
  }

  #multiply(): void {
    const {name, dims} = this.#any();
    const last = dims.at(-1);
    if (last === undefined || dims.length < 2) return;
    if (!last.rows && this.#random.chance(0.6)) {
      const made = this.#node('MatMul', [name, this.#weights([last.factor, 2])]);
      this.#add(made, [...dims.slice(0, -1), fixed(2)]);
      return;
    }
    const perm = dims.map((_, at) => at);
    [perm[dims.length - 1], perm[dims.length - 2]] = [dims.length - 2, dims.length - 1];
    const turned = this.#node('Transpose', [name], {perm: perm.map(BigInt)});
    const side = dims.at(-2) ?? last;
    this.#add(this.#node('MatMul', [name, turned]), [...dims.slice(0, -1), side]);
  }

  #unsqueeze(): void {
    const {name, dims} = this.#any();
    if (dims.length > 4) return;
    const ones = dims.flatMap((size, at) => (!size.rows && size.factor === 1 ? [at] : []));
    if (ones.length > 0 && this.#random.chance(0.5)) {
      const gone = this.#random.pick(ones);
      const made = this.#node('Squeeze', [name, this.#ints([gone])]);
      this.#add(
        made,
        dims.filter((_, at) => at !== gone),
      );
      return;
    }
    const axis = this.#random.whole(0, dims.length);
    const made = this.#node('Unsqueeze', [name, this.#ints([axis])]);
    this.#add(made, [...dims.slice(0, axis), fixed(1), ...dims.slice(axis)]);
  }

  /** By a size of some value: whether it may depends on which. */
  #scale(): void {
    const {name, dims} = this.#any();
    const from = this.#any();
    if (from.dims.length === 0) return;
    const size = this.#sizeOf(from, this.#axis(from.dims));
    const float = this.#node('Cast', [size], {to: 1n});
    const kinds = ['Div', 'Mul'] as const;
    this.#add(
      this.#node(this.#random.pick(kinds), [name, float]),
      dims.length === 0 ? [fixed(1)] : dims,
    );
  }

  /** What is the same for all, or a value, repeated as often as there are rows, or something else. */
  #repeat(): void {
    const source = this.#any();
    const rows = source.dims.findIndex(size => size.rows);
    if (rows < 0) return;
    const [count] = [this.#sizeOf(source, rows)];
    const size = source.dims[rows] ?? fixed(1);
    const width = this.#random.pick([1, 2, 3]);
    const place = this.#random.chance(0.8) ? 0 : 1;
    const data = this.#weights([1, width]);
    const both = place === 0 ? [count, this.#ints([1])] : [this.#ints([1]), count];
    const shape = this.#node('Concat', both, {axis: 0n});
    const type = this.#random.pick(['Expand', 'Tile']);
    const made = this.#node(type, [data, shape]);
    const wide = {factor: width * size.factor, rows: true};
    const dims = place === 0 ? [size, fixed(width)] : [fixed(1), wide];
    if (place === 0 || type === 'Tile' || width === 1) this.#add(made, dims);
  }

  #fill(): void {
    const {name, dims} = this.#any();
    if (dims.length === 0) return;
    const shape = this.#node('Shape', [name]);
    const value = tensorOf('f32', [1], [0.5]);
    const filled = this.#fresh('v');
    this.builder.node('ConstantOfShape', [shape], [filled], {value: tensorProto('', value)});
    this.#add(this.#node('Add', [filled, name]), dims);
    this.#add(filled, dims);
  }

  /** One size of a value as a tensor [1], in one of the ways that exporters have. */
  #sizeOf({name, dims}: Value, axis: number): string {
    const shape = this.#node('Shape', [name]);
    switch (this.#random.whole(0, 3)) {
      case 0:
        return this.#node('Unsqueeze', [
          this.#node('Gather', [shape, this.#ints([axis], [])], {axis: 0n}),
          this.#ints([0]),
        ]);
      case 1:
        return this.#node('Slice', [
          shape,
          this.#ints([axis]),
          this.#ints([axis + 1]),
          this.#ints([0]),
        ]);
      case 2:
        return this.#node('Gather', [shape, this.#ints([axis - dims.length])]);
      default: {
        const parts = dims.map(() => this.#fresh('v'));
        this.builder.node('Split', [shape], parts, {axis: 0n});
        return parts[axis] ?? shape;
      }
    }
  }

  /** Into other groups of its axes, or with axes split by a factor. */
  #reshape(): void {
    const {name, dims} = this.#any();
    if (dims.length === 0) return;
    if (this.#random.chance(0.1)) {
      this.#flatten(name, dims);
      return;
    }
    const pieces = dims.flatMap((size, axis) => this.#pieces({name, dims}, size, axis));
    const groups: Piece[][] = [];
    for (const piece of pieces) {
      const last = groups.at(-1);
      if (last !== undefined && this.#random.chance(0.4)) last.push(piece);
      else groups.push([piece]);
    }
    const left = this.#random.chance(0.6) ? this.#random.whole(0, groups.length - 1) : -1;
    const sizes = groups.map(groupSize);
    if (sizes.some(size => size === undefined) || groups.length > 5) return;
    const parts = groups.map((group, at) =>
      at === left ? this.#ints([-1]) : this.#product(group),
    );
    const target = parts.length === 1 ? (parts[0] ?? '') : this.#node('Concat', parts, {axis: 0n});
    this.#add(this.#node('Reshape', [name, target]), sizes as readonly Size[]);
  }

  #flatten(name: string, dims: readonly Size[]): void {
    const axis = this.#random.whole(0, dims.length);
    const [before, after] = [dims.slice(0, axis), dims.slice(axis)].map(sizeOfAll);
    if (before === undefined || after === undefined) return;
    this.#add(this.#node('Flatten', [name], {axis: BigInt(axis)}), [before, after]);
  }

  #pieces(value: Value, size: Size, axis: number): readonly Piece[] {
    const known = () => {
      const count = size.rows ? this.#rows : 1;
      return count !== undefined && this.#random.chance(size.rows && count > 1 ? 0.1 : 0.5)
        ? this.#ints([size.factor * count])
        : this.#sizeOf(value, axis);
    };
    if (size.factor % 2 !== 0 || size.factor < 2 || this.#random.chance(0.6))
      return [{size, known}];
    const [two, half] = [fixed(2), {...size, factor: size.factor / 2}];
    const halved = () => this.#node('Div', [known(), this.#ints([2])]);
    const pair = [
      {size: half, known: halved},
      {size: two, known: () => this.#ints([2])},
    ];
    return size.rows || this.#random.chance(0.5) ? pair : pair.reverse();
  }

  #product(group: readonly Piece[]): string {
    const [first, ...others] = group.map(({known}) => known());
    return others.reduce(
      (product, each) => this.#node('Mul', [product, each]),
      first ?? this.#ints([1]),
    );
  }
}

import type {NetworkGraph, Operation} from '../../../schemas/network-graph.js';
import {stemsOf} from './kernel-stems.js';

/** A node of a session's graph. */
export interface SessionKernel {
  readonly name: string;
  /** With or without its domain: `com.microsoft.FusedConv`. */
  readonly type: string;
  /** Values that it makes; undefined if the session does not tell. */
  readonly outputs?: readonly string[];
}

/** What a kernel does of the network. */
export interface Fusion<Kernel extends SessionKernel = SessionKernel> {
  readonly kernel: Kernel;
  /** What it is known by: the Conv of a FusedConv; undefined if it was only added to the network. */
  readonly operation: Operation | undefined;
  /** The others whose work it does, in the network's order. */
  readonly fused: readonly Operation[];
}

/**
 * Which operations each kernel of a session stands for; `kernels` are in the order in which they
 * run. ONNX Runtime's graph says of a fused node only what it is called and what it makes, so the
 * rest is told from what lies between, and where that is not clear, it is nobody's. Constants are
 * nobody's either.
 */
export function fusionsOf<Kernel extends SessionKernel>(
  graph: NetworkGraph,
  kernels: readonly Kernel[],
): readonly Fusion<Kernel>[] {
  const search = new FusionSearch(graph, kernels);
  search.anchorByNames();
  search.anchorByOutputs();
  search.takeWhatEnds();
  search.takeWhatFollows();
  search.takeWhatPrecedes();
  return kernels.map((kernel, place) => {
    const {all, anchor} = search.members(place);
    const operation = all.find(each => does(kernel, each)) ?? anchor;
    return {kernel, operation, fused: all.filter(each => each !== operation)};
  });
}

/** Kernels by which ONNX Runtime brings values into another form; they do no operation's work. */
const movements = new Set(['Reshape', 'Transpose', 'Cast', 'ReorderInput', 'ReorderOutput']);

/** Operations of which nothing is left, or that the next kernel does as it reads. */
const preparations = new Set([
  ...['Identity', 'Dropout', 'Cast', 'Pad', 'Reshape', 'Squeeze', 'Unsqueeze'],
  ...['Transpose', 'DequantizeLinear'],
]);

class FusionSearch {
  readonly #operations: readonly Operation[];
  readonly #kernels: readonly SessionKernel[];
  readonly #byName: ReadonlyMap<string, Operation>;
  readonly #producers: ReadonlyMap<string, Operation>;
  readonly #constants: ReadonlySet<string>;
  /** Values that kernels make: what makes one is not inside another kernel. */
  readonly #visible: ReadonlySet<string>;
  /** The kernel that does an operation's work, by its place. */
  readonly #owners = new Map<Operation, number>();
  readonly #anchors = new Map<number, Operation>();
  /** Operations whose outputs a kernel makes: nothing that follows is inside it. */
  readonly #ends = new Set<Operation>();
  #members: ReadonlyMap<number, readonly Operation[]> | undefined;

  constructor(graph: NetworkGraph, kernels: readonly SessionKernel[]) {
    this.#operations = graph.operations;
    this.#kernels = kernels;
    this.#byName = new Map(graph.operations.map(each => [each.name, each]));
    this.#producers = new Map(
      graph.operations.flatMap(each => each.outputs.map(output => [output, each] as const)),
    );
    this.#constants = constantValues(graph);
    this.#visible = new Set(kernels.flatMap(({outputs = []}) => outputs));
  }

  /** A kernel is called after an operation that it does, or after what it makes. */
  anchorByNames(): void {
    for (const [place, {name}] of this.#kernels.entries()) {
      for (const stem of stemsOf(name)) {
        const operation = this.#byName.get(stem) ?? this.#producers.get(stem);
        if (operation !== undefined) this.#anchor(place, operation);
      }
    }
  }

  anchorByOutputs(): void {
    for (const [place, {type, outputs = []}] of this.#kernels.entries()) {
      for (const output of outputs) {
        const last = this.#producers.get(output);
        if (last === undefined) continue;
        if (movements.has(bare(type)) && bare(type) !== last.type) continue;
        this.#anchor(place, last);
        if (this.#owners.get(last) === place) this.#ends.add(last);
      }
    }
  }

  /** All before an operation with which a kernel of another type ends: the Conv before a Relu. */
  takeWhatEnds(): void {
    for (const operation of this.#operations.toReversed()) {
      const owner = this.#owners.get(operation);
      if (owner === undefined || does(this.#kernels[owner], operation)) continue;
      for (const before of this.#before(operation)) {
        if (!before.outputs.some(output => this.#visible.has(output))) this.#own(owner, before);
      }
    }
  }

  /** What follows a kernel that does more than one operation; of several kernels, the last. */
  takeWhatFollows(): void {
    const hops = new Map<Operation, number>();
    for (const operation of this.#operations) {
      if (this.#owners.has(operation) || this.#isConstant(operation)) continue;
      const before = this.#before(operation).filter(each => this.#mayGoOn(each, hops));
      const owners = before.flatMap(each => this.#owners.get(each) ?? []);
      if (owners.length === 0) continue;
      const last = Math.max(...owners);
      const from = before.filter(each => this.#owners.get(each) === last);
      hops.set(operation, 1 + Math.max(...from.map(each => hops.get(each) ?? 0)));
      this.#own(last, operation);
    }
  }

  /** What is right before a kernel, and is of a type that one takes in. */
  takeWhatPrecedes(): void {
    for (const operation of this.#operations.toReversed()) {
      const owner = this.#owners.get(operation);
      if (owner === undefined) continue;
      for (const before of this.#before(operation)) {
        if (preparations.has(before.type)) this.#own(owner, before);
      }
    }
  }

  members(place: number): {
    readonly all: readonly Operation[];
    readonly anchor: Operation | undefined;
  } {
    this.#members ??= membersByPlace(this.#operations, this.#owners);
    return {all: this.#members.get(place) ?? [], anchor: this.#anchors.get(place)};
  }

  #mayGoOn(operation: Operation, hops: ReadonlyMap<Operation, number>): boolean {
    const owner = this.#owners.get(operation);
    if (owner === undefined || this.#ends.has(operation)) return false;
    const type = this.#kernels[owner]?.type ?? '';
    // A kernel of the very type of its operation does only that.
    if (type === this.#anchors.get(owner)?.type) return false;
    return (hops.get(operation) ?? 0) < followersMax(type);
  }

  #anchor(place: number, operation: Operation): void {
    if (!this.#owners.has(operation)) this.#anchors.set(place, operation);
    this.#own(place, operation);
  }

  #own(place: number, operation: Operation): void {
    if (!this.#owners.has(operation)) this.#owners.set(operation, place);
  }

  #before({inputs}: Operation): readonly Operation[] {
    return inputs.flatMap(input => {
      const producer = this.#producers.get(input);
      return producer === undefined || this.#isConstant(producer) ? [] : [producer];
    });
  }

  #isConstant({outputs}: Operation): boolean {
    return outputs.every(output => this.#constants.has(output));
  }
}

function membersByPlace(
  operations: readonly Operation[],
  owners: ReadonlyMap<Operation, number>,
): ReadonlyMap<number, readonly Operation[]> {
  const members = new Map<number, Operation[]>();
  for (const operation of operations) {
    const owner = owners.get(operation);
    if (owner === undefined) continue;
    const known = members.get(owner);
    if (known === undefined) members.set(owner, [operation]);
    else known.push(operation);
  }
  return members;
}

/** A FusedConv does a Conv, then an Add and a Relu at the most; a Gemm a MatMul, then an Add. */
function followersMax(type: string): number {
  return /^Fused|^QLinear/.test(bare(type)) || type.includes('.nchwc.') ? 2 : 1;
}

/** Whether a kernel does this type by itself: a FusedConv does a Conv. */
function does(kernel: SessionKernel | undefined, {type}: Operation): boolean {
  const own = bare(kernel?.type ?? '').replace(/^(Fused|QLinear|Nhwc|Bias|Skip|Fast|Quick)/, '');
  return own === type || kernel?.type === type || (own === 'Gemm' && type === 'MatMul');
}

function bare(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}

/** Values that no request changes. */
export function constantValues(graph: NetworkGraph): ReadonlySet<string> {
  const overridable = new Set(graph.overridable);
  const constants = new Set([...graph.initializers.keys()].filter(name => !overridable.has(name)));
  for (const {inputs, outputs, random} of graph.operations) {
    if (random || !inputs.every(input => constants.has(input))) continue;
    for (const output of outputs) constants.add(output);
  }
  return constants;
}

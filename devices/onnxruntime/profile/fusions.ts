import type {NetworkGraph, Operation} from '../../../schemas/network-graph.js';

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
 * rest is told from what lies between. Constants are nobody's.
 */
export function fusionsOf<Kernel extends SessionKernel>(
  graph: NetworkGraph,
  kernels: readonly Kernel[],
): readonly Fusion<Kernel>[] {
  const search = new FusionSearch(graph);
  for (const [place, kernel] of kernels.entries()) search.anchorByName(kernel, place);
  for (const [place, kernel] of kernels.entries()) search.anchorByOutputs(kernel, place);
  search.spread(kernels);
  const members = search.members();
  return kernels.map((kernel, place) => {
    const all = members.get(place) ?? [];
    const operation = all.find(each => does(kernel, each)) ?? all.at(-1);
    return {kernel, operation, fused: all.filter(each => each !== operation)};
  });
}

class FusionSearch {
  readonly #operations: readonly Operation[];
  readonly #byName: ReadonlyMap<string, Operation>;
  readonly #producers: ReadonlyMap<string, Operation>;
  readonly #constants: ReadonlySet<string>;
  /** The kernel that does an operation's work, by its place. */
  readonly #owners = new Map<Operation, number>();

  constructor(graph: NetworkGraph) {
    this.#operations = graph.operations;
    this.#byName = new Map(graph.operations.map(each => [each.name, each]));
    this.#producers = new Map(
      graph.operations.flatMap(each => each.outputs.map(output => [output, each] as const)),
    );
    this.#constants = constantValues(graph);
  }

  /** A kernel is called after its first operation, or after what it makes. */
  anchorByName({name}: SessionKernel, place: number): void {
    const made = name.replace(/_nchwc$/, '');
    const operation =
      this.#byName.get(name) ??
      this.#byName.get(name.replace(/^fused /, '')) ??
      this.#producers.get(made);
    if (operation !== undefined) this.#own(place, operation);
  }

  anchorByOutputs({outputs = []}: SessionKernel, place: number): void {
    for (const output of outputs) {
      const last = this.#producers.get(output);
      if (last !== undefined) this.#own(place, last);
    }
  }

  /**
   * Gives the operations that vary and are nobody's yet to kernels beside them: what comes before the
   * end of a kernel of another type (the Conv before a Relu that a Conv ends with); then what follows
   * a kernel, the last of several; then what precedes one.
   */
  spread(kernels: readonly SessionKernel[]): void {
    for (const operation of this.#operations.toReversed()) {
      const owner = this.#owners.get(operation);
      if (owner === undefined || does(kernels[owner], operation)) continue;
      for (const before of this.#before(operation)) this.#own(owner, before);
    }
    for (const operation of this.#operations) {
      if (this.#isConstant(operation)) continue;
      const owners = this.#before(operation).flatMap(before => this.#owners.get(before) ?? []);
      if (owners.length > 0) this.#own(Math.max(...owners), operation);
    }
    for (const operation of this.#operations.toReversed()) {
      const owner = this.#owners.get(operation);
      if (owner === undefined) continue;
      for (const before of this.#before(operation)) this.#own(owner, before);
    }
  }

  /** By the kernel's place, its operations in their order. */
  members(): ReadonlyMap<number, readonly Operation[]> {
    const members = new Map<number, Operation[]>();
    for (const operation of this.#operations) {
      const owner = this.#owners.get(operation);
      if (owner === undefined) continue;
      const known = members.get(owner);
      if (known === undefined) members.set(owner, [operation]);
      else known.push(operation);
    }
    return members;
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

/** Whether a kernel does this type by itself: a FusedConv does a Conv. */
function does(kernel: SessionKernel | undefined, {type}: Operation): boolean {
  return kernel?.type.endsWith(type) === true;
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

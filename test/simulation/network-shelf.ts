import type {ExtractedPart} from '../../actors/planner-task.js';
import type {NetworkRef} from '../../schemas/network-blob.js';
import type {NetworkGraph} from '../../schemas/network-graph.js';
import type {TensorData} from '../../schemas/tensor.js';
import {invariant} from '../../src/errors.js';
import {type Symbolic, SymbolicRun} from '../support/symbolic-run.js';
import {tensorOf} from '../support/tensor-of.js';

/** A network, or a part of one, as it lies in the bulk store. */
interface Shelved {
  readonly graph: NetworkGraph;
  readonly run: SymbolicRun;
  readonly operations: readonly string[];
  readonly outputs: readonly string[];
}

type Values = ReadonlyMap<string, TensorData>;

/**
 * Networks by content, and what they compute: a value is the number of the expression that made it,
 * so a result is right if and only if every operation ran once, in order, on the right values.
 */
export class NetworkShelf {
  readonly #shelved = new Map<string, Shelved>();
  readonly #refs = new Map<string, NetworkRef>();

  add(graph: NetworkGraph): NetworkRef {
    const operations = graph.operations.map(({name}) => name);
    const {outputs} = graph;
    return this.#put(graph.name, {graph, run: new SymbolicRun(graph), operations, outputs});
  }

  addPart(ref: NetworkRef, part: ExtractedPart): NetworkRef {
    const {graph, run} = this.#at(ref);
    const operations = part.operations.map(at => graph.operations[at]?.name ?? '');
    const key = `${graph.name} ${JSON.stringify([operations, part.outputs])}`;
    return this.#put(key, {graph, run, operations, outputs: part.outputs});
  }

  graphOf(ref: NetworkRef): NetworkGraph {
    return this.#at(ref).graph;
  }

  /** Names of the operations that are in it. */
  operationsOf(ref: NetworkRef): readonly string[] {
    return this.#at(ref).operations;
  }

  compute(ref: NetworkRef, given: Values): Map<string, TensorData> {
    const {run, operations, outputs} = this.#at(ref);
    const symbols = new Map([...given].map(([name, tensor]) => [name, symbolOf(tensor)]));
    const made = run.part(operations, symbols, outputs);
    return new Map([...made].map(([name, symbol]) => [name, tensorOfSymbol(symbol)]));
  }

  /** A value like no other. */
  input(ref: NetworkRef, text: string): TensorData {
    return tensorOfSymbol(this.#at(ref).run.expression(text));
  }

  #at({model}: NetworkRef): Shelved {
    const shelved = this.#shelved.get(model.digest);
    invariant(shelved !== undefined, `no network is at ${model.digest}`);
    return shelved;
  }

  #put(key: string, shelved: Shelved): NetworkRef {
    const known = this.#refs.get(key);
    if (known !== undefined) return known;
    const digest = this.#refs.size.toString(16).padStart(64, '0');
    const ref = {model: {digest, bytes: 1}, weights: null};
    this.#refs.set(key, ref);
    this.#shelved.set(digest, shelved);
    return ref;
  }
}

function tensorOfSymbol(symbol: Symbolic): TensorData {
  const number = Number(symbol.slice(1));
  return tensorOf('f32', [1, 4], [number, number, number, number]);
}

/** What is no number of an expression stays recognisable as that. */
function symbolOf({data}: TensorData): Symbolic {
  const numbers = new Set(data as Float32Array);
  return numbers.size === 1 ? `#${[...numbers][0]}` : `broken ${[...numbers]}`;
}

/** Whether two tensors hold the same value. */
export function sameValue(a: TensorData | undefined, b: TensorData | undefined): boolean {
  return a !== undefined && b !== undefined && symbolOf(a) === symbolOf(b);
}

import type {ExtractedPart, WovenNetwork} from '../../actors/planner-task.js';
import type {NetworkRef} from '../../schemas/network-blob.js';
import type {NetworkGraph, Operation, ValueInfo} from '../../schemas/network-graph.js';
import type {TensorData} from '../../schemas/tensor.js';
import {invariant} from '../../src/errors.js';
import type {PostprocessPart, PreprocessPart} from '../../src/plan/stage-graph.js';
import {tensorInfos} from '../../src/plan/tensor-infos.js';
import {rawName} from '../../src/transform/postprocess-network.js';
import {preprocessedName} from '../../src/transform/preprocess-network.js';
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

/** Inputs and outputs of a network that are pre- and postprocessed. */
export interface Steps {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const width = 4;

/**
 * Networks by content, and what they compute: a value is the number of the expression that made it,
 * so a result is right if and only if every operation ran once, in order, on the right values. Each
 * row of a tensor is a value of its own.
 */
export class NetworkShelf {
  readonly #shelved = new Map<string, Shelved>();
  readonly #refs = new Map<string, NetworkRef>();
  /** Values that some kernels fail on, by network. */
  readonly #hard = new Map<SymbolicRun, Set<Symbolic>>();

  add(graph: NetworkGraph): NetworkRef {
    const operations = graph.operations.map(({name}) => name);
    const {outputs} = graph;
    const run = new SymbolicRun({...graph, operations: [...graph.operations, ...stepsOf(graph)]});
    return this.#put(graph.name, {graph, run, operations, outputs});
  }

  addPart(ref: NetworkRef, part: ExtractedPart): NetworkRef {
    const {graph, run} = this.#at(ref);
    const operations = part.operations.map(at => graph.operations[at]?.name ?? '');
    const key = `${graph.name} ${JSON.stringify([operations, part.outputs])}`;
    return this.#put(key, {graph, run, operations, outputs: part.outputs});
  }

  /** The network as one that takes several requests as one. */
  addBatched(ref: NetworkRef): NetworkRef {
    const shelved = this.#at(ref);
    const values = new Map([...shelved.graph.values].map(([name, info]) => [name, anyRows(info)]));
    return this.#put(`${shelved.graph.name} batched`, {
      ...shelved,
      graph: {...shelved.graph, values},
    });
  }

  /** A step before each of these inputs. */
  addPreprocessing(ref: NetworkRef, inputs: readonly string[]): WovenNetwork<PreprocessPart> {
    const {graph, run} = this.#at(ref);
    const operations = inputs.map(preprocessing);
    const outputs = inputs.map(preprocessedName);
    const key = `${graph.name} preprocess ${inputs}`;
    const infos = tensorInfos(graph, inputs);
    const part = {
      inputs: infos,
      outputs: infos.map(info => {
        return {input: info.name, info: {...info, name: preprocessedName(info.name)}};
      }),
    };
    return {network: this.#put(key, {graph, run, operations, outputs}), operations, part};
  }

  /** A step behind each of these outputs. */
  addPostprocessing(ref: NetworkRef, outputs: readonly string[]): WovenNetwork<PostprocessPart> {
    const {graph, run} = this.#at(ref);
    const operations = outputs.map(postprocessing);
    const key = `${graph.name} postprocess ${outputs}`;
    const infos = tensorInfos(graph, outputs);
    const part = {
      inputs: infos.map(info => {
        return {output: info.name, info: {...info, name: rawName(info.name)}};
      }),
      outputs: infos,
    };
    return {network: this.#put(key, {graph, run, operations, outputs}), operations, part};
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
    const rows = [...given.values()][0]?.shape[0] ?? 1;
    const made = Array.from({length: rows}, (_, row) => {
      const symbols = new Map([...given].map(([name, tensor]) => [name, symbolOf(tensor, row)]));
      return run.part(operations, symbols, outputs);
    });
    return new Map(
      outputs.map(output => [output, tensorOfSymbols(made.map(row => row.get(output) ?? ''))]),
    );
  }

  /** What a client gets of a network, some of whose inputs and outputs have steps. */
  computeProcessed(ref: NetworkRef, given: Values, steps: Steps): Map<string, TensorData> {
    const before = this.addPreprocessing(ref, steps.inputs).network;
    const made = this.compute(before, given);
    const stepped = steps.inputs.map(name => renamed(made, preprocessedName(name), name));
    const raw = this.compute(ref, new Map([...given, ...stepped]));
    const after = this.addPostprocessing(ref, steps.outputs).network;
    const results = steps.outputs.map(name => renamed(raw, name, rawName(name)));
    return new Map([...raw, ...this.compute(after, new Map(results))]);
  }

  /** A value like no other. */
  input(ref: NetworkRef, text: string): TensorData {
    return tensorOfSymbols([this.#at(ref).run.expression(text)]);
  }

  /** A value like no other, which some kernels fail on. */
  hardInput(ref: NetworkRef, text: string): TensorData {
    const {run} = this.#at(ref);
    const symbol = run.expression(text);
    this.#hard.set(run, (this.#hard.get(run) ?? new Set()).add(symbol));
    return tensorOfSymbols([symbol]);
  }

  isHard(ref: NetworkRef, given: Values): boolean {
    const hard = this.#hard.get(this.#at(ref).run);
    if (hard === undefined) return false;
    return [...given.values()].some(tensor =>
      rowsOf(tensor).some(row => hard.has(symbolOf(tensor, row))),
    );
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

function preprocessing(input: string): string {
  return `preprocess ${input}`;
}

function postprocessing(output: string): string {
  return `postprocess ${output}`;
}

/** Steps of pre- and postprocessing, whether a client asks for them or not. */
function stepsOf({inputs, outputs}: NetworkGraph): readonly Operation[] {
  const step = (name: string, from: string, to: string): Operation => {
    return {name, type: 'Step', inputs: [from], outputs: [to], random: false};
  };
  return [
    ...inputs.map(name => step(preprocessing(name), name, preprocessedName(name))),
    ...outputs.map(name => step(postprocessing(name), rawName(name), name)),
  ];
}

function anyRows(info: ValueInfo): ValueInfo {
  if (info.kind !== 'tensor' || info.shape === null) return info;
  return {...info, shape: ['?', ...info.shape.slice(1)]};
}

function renamed(values: Values, from: string, to: string): [string, TensorData] {
  const value = values.get(from);
  invariant(value !== undefined, `${from} was made`);
  return [to, value];
}

function tensorOfSymbols(symbols: readonly Symbolic[]): TensorData {
  const numbers = symbols.flatMap(symbol => new Array<number>(width).fill(Number(symbol.slice(1))));
  return tensorOf('f32', [symbols.length, width], numbers);
}

function rowsOf({shape}: TensorData): readonly number[] {
  return Array.from({length: shape[0] ?? 0}, (_, row) => row);
}

/** What is no number of an expression stays recognisable as that. */
function symbolOf({data}: TensorData, row: number): Symbolic {
  const numbers = new Set((data as Float32Array).subarray(row * width, (row + 1) * width));
  return numbers.size === 1 ? `#${[...numbers][0]}` : `broken ${[...numbers]}`;
}

/** Whether two tensors hold the same values. */
export function sameValue(a: TensorData | undefined, b: TensorData | undefined): boolean {
  if (a === undefined || b === undefined || a.shape[0] !== b.shape[0]) return false;
  return rowsOf(a).every(row => symbolOf(a, row) === symbolOf(b, row));
}

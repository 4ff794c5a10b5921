import type {NetworkGraph} from '../../schemas/network-graph.js';
import {
  clientIndex,
  type Edge,
  type Stage,
  type StageGraph,
  type StageRole,
} from '../../schemas/stage-graph.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError, invariant} from '../errors.js';
import type {StageCut} from './cut-stages.js';
import {tensorBytes} from './tensor-bytes.js';

/** A network that runs before the stages: client-facing inputs, `<input>/preprocessed` outputs. */
export interface PreprocessPart {
  readonly inputs: readonly TensorInfo[];
  /** `input` is the network input that `info`, an output of the part, stands in for. */
  readonly outputs: readonly {readonly input: string; readonly info: TensorInfo}[];
}

/** A network that runs after the stages: `<output>/raw` inputs, client-facing outputs. */
export interface PostprocessPart {
  /** `output` is the network output that `info`, an input of the part, takes. */
  readonly inputs: readonly {readonly output: string; readonly info: TensorInfo}[];
  readonly outputs: readonly TensorInfo[];
}

export interface StageGraphOptions {
  readonly preprocess?: PreprocessPart;
  readonly postprocess?: PostprocessPart;
  /** The device of a part that has no stage beside it. */
  readonly defaultDevice?: string;
}

/**
 * The stage graph of a cut network, without replicas. A preprocess stage comes first, on the device
 * of the first stage that reads what it makes (it is left out if nothing does); a postprocess stage
 * last, on the device of the last stage that it reads from. A network output that is a network
 * input is an edge from the client to itself.
 *
 * Throws NOT_IMPLEMENTED if a network input or output is no tensor, or of unknown type.
 */
export function buildStageGraph(
  graph: NetworkGraph,
  cuts: readonly StageCut[],
  options: StageGraphOptions = {},
): StageGraph {
  return new StageGraphBuilder(graph, cuts, options).build();
}

/** Where a value comes from: a stage or the client, and its name there. */
interface Origin {
  readonly from: number;
  readonly output: string;
}

class StageGraphBuilder {
  readonly #graph: NetworkGraph;
  readonly #cuts: readonly StageCut[];
  readonly #options: StageGraphOptions;
  readonly #stages: Stage[] = [];
  readonly #edges: Edge[] = [];
  readonly #origins = new Map<string, Origin>();

  constructor(graph: NetworkGraph, cuts: readonly StageCut[], options: StageGraphOptions) {
    this.#graph = graph;
    this.#cuts = cuts;
    this.#options = options;
  }

  build(): StageGraph {
    for (const input of this.#graph.inputs) {
      this.#origins.set(input, {from: clientIndex, output: input});
    }
    this.#addPreprocess();
    for (const cut of this.#cuts) this.#addCut(cut);
    const raw = this.#addPostprocess();
    for (const output of new Set(this.#graph.outputs)) {
      if (!raw.has(output)) this.#connect(output, clientIndex, this.#info(output));
    }
    return {stages: this.#stages, edges: this.#edges};
  }

  #addPreprocess(): void {
    const part = this.#options.preprocess;
    if (part === undefined) return;
    const made = new Set(part.outputs.map(({input}) => input));
    for (const input of made) this.#known(input, this.#graph.inputs);
    const reader = this.#cuts.find(cut => cut.inputs.some(input => made.has(input)));
    if (reader === undefined && !this.#graph.outputs.some(output => made.has(output))) return;
    const index = this.#addStage('preprocess', reader?.device ?? this.#defaultDevice(), {
      inputs: part.inputs,
      outputs: part.outputs.map(({info}) => info),
    });
    for (const info of part.inputs) {
      this.#addEdge({from: clientIndex, output: info.name}, index, info);
    }
    for (const {input, info} of part.outputs) {
      this.#origins.set(input, {from: index, output: info.name});
    }
  }

  #addCut(cut: StageCut): void {
    const inputs = cut.inputs.map(value => this.#info(value));
    const overridable = cut.overridable.map(value => this.#info(value));
    const index = this.#addStage('execute', cut.device, {
      operations: cut.operations.map(at => this.#graph.operations[at]?.name ?? ''),
      inputs,
      outputs: cut.outputs.map(value => this.#info(value)),
      overridable,
      weightsBytes: cut.weightsBytes,
    });
    for (const info of inputs) this.#connect(info.name, index, info);
    for (const info of overridable) {
      this.#addEdge({from: clientIndex, output: info.name}, index, info, true);
    }
    for (const value of cut.outputs) this.#origins.set(value, {from: index, output: value});
  }

  /** The network outputs that the postprocess stage takes. */
  #addPostprocess(): ReadonlySet<string> {
    const part = this.#options.postprocess;
    if (part === undefined || part.inputs.length === 0) return new Set();
    const raw = new Set(part.inputs.map(({output}) => output));
    for (const output of raw) this.#known(output, this.#graph.outputs);
    const last = Math.max(
      ...[...raw].map(output => this.#origins.get(output)?.from ?? clientIndex),
    );
    const index = this.#addStage(
      'postprocess',
      this.#stages[last]?.device ?? this.#defaultDevice(),
      {inputs: part.inputs.map(({info}) => info), outputs: part.outputs},
    );
    for (const {output, info} of part.inputs) this.#connect(output, index, info);
    for (const info of part.outputs) {
      this.#addEdge({from: index, output: info.name}, clientIndex, info);
    }
    return raw;
  }

  #addStage(role: StageRole, device: string, rest: Partial<Stage>): number {
    const index = this.#stages.length;
    const name = `${role === 'execute' ? 'stage' : role}${index} ${device}`;
    this.#stages.push({
      operations: [],
      inputs: [],
      outputs: [],
      overridable: [],
      weightsBytes: 0,
      ...rest,
      index,
      role,
      name,
      device,
      replicas: [],
    });
    return index;
  }

  /** An edge from wherever `value` is made to the tensor `info` of `to`. */
  #connect(value: string, to: number, info: TensorInfo): void {
    const origin = this.#origins.get(value);
    invariant(origin, `no stage before stage ${to} makes '${value}'`);
    this.#addEdge(origin, to, info);
  }

  #addEdge({from, output}: Origin, to: number, info: TensorInfo, optional = false): void {
    this.#edges.push({from, output, to, input: info.name, optional, bytes: tensorBytes(info)});
  }

  #info(value: string): TensorInfo {
    const info = this.#graph.values.get(value);
    if (info?.kind === 'tensor') return {name: value, type: info.type, shape: info.shape};
    throw new InferenceError(
      'NOT_IMPLEMENTED',
      `network '${this.#graph.name}': expected tensors as inputs and outputs, given '${value}', ` +
        (info === undefined ? 'whose type is unknown' : 'a sequence, map or optional'),
    );
  }

  #known(value: string, values: readonly string[]): void {
    invariant(values.includes(value), `'${value}' is not among ${values.join(', ')}`);
  }

  #defaultDevice(): string {
    const device = this.#cuts[0]?.device ?? this.#options.defaultDevice;
    invariant(device !== undefined, 'a part without stages needs a default device');
    return device;
  }
}

import type {Operation} from '../../../schemas/network-graph.js';
import type {RuntimeGraph} from '../../../schemas/runtime-graph.js';
import type {NamedTensors} from '../../../schemas/tensor.js';
import {InferenceError} from '../../errors.js';
import type {Network} from '../../network/network.js';
import {readNetwork} from '../../network/read-network.js';
import type {CompiledDescription} from '../executable-network-base.js';
import type {InferenceResult} from '../plugin.js';
import {CompiledNetwork} from './compiled-network.js';
import {mapNetwork} from './map-network.js';
import type {OperationTable} from './operation-table.js';
import {outputInfos} from './output-infos.js';
import {StepMeter} from './step-meter.js';
import {Weights} from './weights.js';

/** What a worker of `startKernelWorker` compiles. */
export interface KernelSetup {
  /** A serialised ModelProto, one copy for all workers. */
  readonly model: SharedArrayBuffer;
  /** The content of the weights file. */
  readonly weights: SharedArrayBuffer | undefined;
}

/** A network that a table's kernels run, in a worker thread: one inference at a time. */
export class KernelNetwork {
  readonly description: CompiledDescription;
  readonly #compiled: CompiledNetwork;
  readonly #operations: readonly Operation[];

  /** Throws COMPILE_FAILED. */
  constructor(table: OperationTable, {model, weights}: KernelSetup) {
    // Text cannot be decoded out of shared memory.
    const network = read(new Uint8Array(model).slice());
    this.#operations = network.graph.operations;
    const mapped = mapNetwork(table, network, new Weights(weights));
    const {inputs, overridable, outputs} = network;
    const varying = new Set([...inputs, ...overridable].map(({name}) => name));
    const names = outputs.map(({name}) => name);
    this.#compiled = new CompiledNetwork(mapped, varying, names);
    this.description = {
      name: network.graph.name,
      inputs,
      outputs: outputInfos(network, mapped.types, this.#compiled),
      overridable,
    };
  }

  /**
   * `tensors`, which the request has checked, holds the inputs, and initializers to be overridden.
   * Throws STAGE_FAILED.
   */
  infer(tensors: NamedTensors): InferenceResult {
    const startMs = performance.now();
    const outputs = this.#compiled.run(tensors);
    return {tensors: outputs, executeUs: (performance.now() - startMs) * 1000};
  }

  /** The same, with every operation measured. */
  inferMeasured(tensors: NamedTensors): InferenceResult {
    const meter = new StepMeter();
    const startMs = performance.now();
    const outputs = this.#compiled.run(tensors, meter.run);
    const executeUs = (performance.now() - startMs) * 1000;
    return {tensors: outputs, executeUs, counters: meter.counters(this.#operations)};
  }

  /** A kernel for each operation that does not only make constants. */
  get runtimeGraph(): RuntimeGraph {
    const varying = new Set(this.#compiled.steps.flatMap(step => step.outputs));
    const {inputs, overridable} = this.description;
    for (const {name} of [...inputs, ...overridable]) varying.add(name);
    const nodes = this.#compiled.steps.map(({operation, type, ...step}) => ({
      name: operation,
      type,
      originals: [operation],
      inputs: step.inputs.filter(name => varying.has(name)),
      outputs: step.outputs.filter(name => name !== ''),
      outputTypes: [],
      execUs: null,
    }));
    return {nodes};
  }
}

function read(model: Uint8Array): Network {
  try {
    return readNetwork(model);
  } catch (error) {
    const {message} = InferenceError.from(error);
    throw new InferenceError('COMPILE_FAILED', message, {}, {cause: error});
  }
}

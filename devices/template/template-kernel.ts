import type {NamedTensors} from '../../schemas/tensor.js';
import {InferenceError} from '../../src/errors.js';
import type {Network} from '../../src/network/network.js';
import {readNetwork} from '../../src/network/read-network.js';
import type {CompiledDescription} from '../../src/plugin/executable-network-base.js';
import type {InferenceResult} from '../../src/plugin/plugin.js';
import {CompiledNetwork} from './compiled-network.js';
import {mapNetwork} from './map-network.js';
import {outputInfos} from './output-infos.js';
import {Weights} from './weights.js';

/** What a kernel's worker is started with. */
export interface KernelSetup {
  /** A serialised ModelProto, one copy for all workers. */
  readonly model: SharedArrayBuffer;
  /** The content of the weights file. */
  readonly weights: SharedArrayBuffer | undefined;
}

/** A compiled network in a worker thread. Runs one inference at a time. */
export class TemplateKernel {
  readonly description: CompiledDescription;
  readonly #compiled: CompiledNetwork;

  /** Throws COMPILE_FAILED. */
  constructor({model, weights}: KernelSetup) {
    // Text cannot be decoded out of shared memory.
    const network = read(new Uint8Array(model).slice());
    const mapped = mapNetwork(network, new Weights(weights));
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
}

function read(model: Uint8Array): Network {
  try {
    return readNetwork(model);
  } catch (error) {
    const {message} = InferenceError.from(error);
    throw new InferenceError('COMPILE_FAILED', message, {}, {cause: error});
  }
}

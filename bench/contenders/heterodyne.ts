import type {TensorData} from '../../schemas/tensor.js';
import type {Core} from '../../src/app/core.js';
import type {ExecutableNetwork} from '../../src/client/executable-network.js';
import type {InferRequest} from '../../src/client/infer-request.js';
import type {Contender, Workload} from './contender.js';

/** A network loaded through the library, as its user would. The core is the caller's. */
export class Heterodyne implements Contender {
  readonly name: string;
  readonly #executable: ExecutableNetwork;
  readonly #inputs: readonly Readonly<Record<string, TensorData>>[];
  readonly #requests: readonly InferRequest[];

  private constructor(name: string, executable: ExecutableNetwork, workload: Workload) {
    this.name = name;
    this.#executable = executable;
    this.#inputs = workload.inputs.map(tensors => Object.fromEntries(tensors));
    this.#requests = Array.from({length: workload.inFlight}, () => executable.createInferRequest());
  }

  static async start(name: string, core: Core, workload: Workload): Promise<Heterodyne> {
    const {model, streams} = workload;
    const config = {NUM_STREAMS: streams, INFERENCE_NUM_THREADS: streams};
    const executable = await core.loadNetwork(await core.readNetwork(model), 'CPU', config);
    return new Heterodyne(name, executable, workload);
  }

  infer(slot: number, input: number): Promise<Readonly<Record<string, TensorData>>> {
    const request = this.#requests[slot];
    if (request === undefined) return Promise.reject(new RangeError(`there is no slot ${slot}`));
    return request.infer(this.#inputs[input]);
  }

  close(): Promise<void> {
    return this.#executable.release();
  }
}

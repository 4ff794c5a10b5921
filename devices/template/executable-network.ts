import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {weightsLocation} from '../../schemas/network-blob.js';
import type {RuntimeGraph} from '../../schemas/runtime-graph.js';
import {invariant} from '../../src/errors.js';
import type {Stage} from '../../src/plugin/async-infer-request.js';
import {
  type CompiledDescription,
  ExecutableNetworkBase,
  type ExecutableNetworkOptions,
} from '../../src/plugin/executable-network-base.js';
import type {KernelSetup} from '../../src/plugin/graph/kernel-network.js';
import type {KernelTask} from '../../src/plugin/graph/kernel-worker.js';
import {readWeights} from '../../src/plugin/graph/read-weights.js';
import type {InferRequest} from '../../src/plugin/infer-request.js';
import type {CompiledNetwork, NetworkSource} from '../../src/plugin/plugin.js';
import {sharedBytes} from '../../src/plugin/shared-bytes.js';
import type {WarmPool, WarmWorkers} from '../../src/plugin/warm-workers.js';
import {TemplateInferRequest} from './infer-request.js';

/** Worker threads that wait for networks. */
export type KernelWorkers = WarmWorkers<KernelSetup, KernelTask>;

/** A network on TEMPLATE: a pool of worker threads, each of which holds the compiled network. */
export class TemplateNetwork extends ExecutableNetworkBase<KernelSetup> {
  readonly #queuedMax: number;
  readonly #workers: KernelWorkers;
  #pool: WarmPool<KernelTask> | undefined;

  constructor({workers, ...options}: ExecutableNetworkOptions & {readonly workers: KernelWorkers}) {
    super(options);
    this.#queuedMax = options.config.QUEUED_MAX;
    this.#workers = workers;
  }

  /** Bytes that all workers read: each of them maps operations to kernels for itself. */
  protected override async mapNetwork(network: NetworkSource): Promise<KernelSetup> {
    const weights = await readWeights(network.weightsFile);
    return {model: sharedBytes(network.model), weights};
  }

  /** Once every worker has compiled it. */
  protected override async allocate(setup: KernelSetup): Promise<CompiledDescription> {
    const options = {workers: this.slots, queuedMax: this.#queuedMax};
    this.#pool = await this.#workers.open(setup, options);
    return this.#pool.description as CompiledDescription;
  }

  /** What the workers read is what another host's workers will. */
  protected override async writeGraph(
    {model, weights}: KernelSetup,
    folder: string,
  ): Promise<CompiledNetwork> {
    const content = new Uint8Array(model).slice();
    if (weights === undefined) return {content, weightsFile: undefined};
    const weightsFile = join(folder, weightsLocation);
    await writeFile(weightsFile, new Uint8Array(weights));
    return {content, weightsFile};
  }

  protected override readGraph({content, weightsFile}: CompiledNetwork): Promise<KernelSetup> {
    return this.mapNetwork({model: content, weightsFile});
  }

  protected override createInferRequestImpl(name: string): InferRequest {
    invariant(this.#pool !== undefined, 'a network is compiled before it is used');
    return new TemplateInferRequest(name, this, this.#pool);
  }

  /** While one request waits for a worker, the next is prepared. */
  protected override pipelineOf(request: InferRequest): readonly Stage[] {
    return [
      [this.taskExecutor, () => request.runStages('inferPreprocess', 'startPipeline')],
      [this.waitExecutor, () => request.runStages('waitPipeline')],
      [this.taskExecutor, () => request.runStages('inferPostprocess')],
    ];
  }

  getRuntimeGraph(): Promise<RuntimeGraph> {
    invariant(this.#pool !== undefined, 'a network is compiled before it is used');
    return this.#pool.run({kind: 'runtimeGraph'});
  }

  override async release(): Promise<void> {
    this.refuseRequests();
    await this.#pool?.close();
  }
}

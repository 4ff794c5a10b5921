import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import type {OperationSupport} from '../../schemas/device.js';
import {weightsLocation} from '../../schemas/network-blob.js';
import type {ValueInfo} from '../../schemas/network-graph.js';
import type {CompiledNetwork, NetworkSource} from '../../src/plugin/plugin.js';
import {sharedBytes} from '../../src/plugin/shared-bytes.js';
import {WorkerPool} from '../../src/plugin/worker-pool.js';
import {compiledLocation} from './backend.js';
import type {ServiceTask} from './start-service.js';
import {openWeightsFolder} from './weights-folder.js';
import {withoutTelemetry} from './without-telemetry.js';

/** Questions that wait for the one service worker. */
const queuedMax = 256;

/** A worker thread that looks at whole networks. */
export class ServicePool {
  readonly #pool: WorkerPool<ServiceTask>;

  /** `workerData` is given to the worker when it starts. */
  constructor(module: URL, workerData?: unknown) {
    withoutTelemetry();
    this.#pool = new WorkerPool({module, workers: 1, queuedMax, workerData});
  }

  probe(): Promise<boolean> {
    return this.#pool.run({kind: 'probe'});
  }

  queryOperations(network: NetworkSource): Promise<readonly OperationSupport[]> {
    return this.#ask('queryOperations', network);
  }

  inferTypes(network: NetworkSource): Promise<ReadonlyMap<string, ValueInfo>> {
    return this.#ask('inferTypes', network);
  }

  optimization(): Promise<string> {
    return this.#pool.run({kind: 'optimization'});
  }

  /** `network`'s weights lie in a folder of their own already. Rejects with COMPILE_FAILED. */
  async save({model, weightsFile}: NetworkSource, folder: string): Promise<CompiledNetwork> {
    await this.#pool.run({kind: 'save', model: sharedBytes(model), weightsFile, folder});
    const weights = join(folder, weightsLocation);
    const hasWeights = await stat(weights).then(
      () => true,
      () => false,
    );
    const content = await readFile(join(folder, compiledLocation));
    return {content, weightsFile: hasWeights ? weights : undefined};
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #ask<Answer>(
    kind: 'queryOperations' | 'inferTypes',
    {model, weightsFile}: NetworkSource,
  ): Promise<Answer> {
    const weights = await openWeightsFolder(weightsFile);
    try {
      const task = {kind, model: sharedBytes(model), weightsFile: weights?.file};
      return await this.#pool.run<Answer>(task);
    } finally {
      await weights?.remove();
    }
  }
}

import type {DeploymentTask} from '../../actors/deployment-task.js';
import {type DeploymentRecord, deploymentRecordSchema} from '../../schemas/deployment.js';
import {InferenceError} from '../errors.js';
import type {BulkStore} from '../ports/bulk-store.js';
import type {StateStore} from '../ports/state-store.js';
import type {TaskExecutor} from '../ports/task-executor.js';
import {packMessage, unpackMessage} from '../wire/message-codec.js';

const prefix = 'deployment.';
/** Records of more bytes go to the bulk store: a state store's values are messages, and bounded. */
const inlineBytesMax = 64 * 1024;
/** Two leaders may write at the same time, for a moment. */
const attemptsMax = 3;

/** Keeps the coordinator's records of deployments in the state store. */
export class DeploymentLog implements TaskExecutor<DeploymentTask> {
  readonly slots = Number.POSITIVE_INFINITY;
  readonly #state: StateStore;
  readonly #bulk: BulkStore;

  constructor(state: StateStore, bulk: BulkStore) {
    this.#state = state;
    this.#bulk = bulk;
  }

  async run(task: DeploymentTask): Promise<readonly DeploymentRecord[] | null> {
    switch (task.kind) {
      case 'save':
        await this.#save(task.record);
        return null;
      case 'delete':
        await this.#state.delete(`${prefix}${task.id}`);
        return null;
      case 'list':
        return this.#list();
    }
  }

  async close(): Promise<void> {}

  async #save(record: DeploymentRecord): Promise<void> {
    const bytes = packMessage(record);
    const value =
      bytes.byteLength <= inlineBytesMax ? record : {digest: (await this.#bulk.put(bytes)).digest};
    const key = `${prefix}${record.id}`;
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const revision = (await this.#state.get(key))?.revision ?? 0;
      if ((await this.#state.put(key, value, revision)) !== undefined) return;
    }
    throw new InferenceError('STORE_UNAVAILABLE', `others write the record of ${record.id}`);
  }

  /** A record that cannot be read is as good as none. */
  async #list(): Promise<readonly DeploymentRecord[]> {
    const keys = await this.#state.keys(prefix);
    const records = await Promise.all(keys.map(key => this.#read(key)));
    return records.flatMap(record => record ?? []);
  }

  async #read(key: string): Promise<DeploymentRecord | undefined> {
    const value = (await this.#state.get(key))?.value;
    const digest = digestOf(value);
    const parsed = deploymentRecordSchema.safeParse(
      digest === undefined ? value : await this.#fetch(digest),
    );
    return parsed.success ? parsed.data : undefined;
  }

  async #fetch(digest: string): Promise<unknown> {
    try {
      return unpackMessage(await this.#bulk.get(digest));
    } catch (error) {
      if (InferenceError.from(error).code === 'STORE_UNAVAILABLE') throw error;
      return undefined;
    }
  }
}

function digestOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('digest' in value)) return undefined;
  return typeof value.digest === 'string' ? value.digest : undefined;
}

import type {DeploymentTask} from '../../actors/deployment-task.js';
import {type DeploymentRecord, deploymentRecordSchema} from '../../schemas/deployment.js';
import type {StateStore} from '../ports/state-store.js';
import type {TaskExecutor} from '../ports/task-executor.js';

const prefix = 'deployment.';

/** Keeps the coordinator's records of deployments in the state store. */
export class DeploymentLog implements TaskExecutor<DeploymentTask> {
  readonly slots = Number.POSITIVE_INFINITY;
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  async run(task: DeploymentTask): Promise<readonly DeploymentRecord[] | null> {
    switch (task.kind) {
      case 'save':
        await this.#state.put(`${prefix}${task.record.id}`, task.record, 0);
        return null;
      case 'delete':
        await this.#state.delete(`${prefix}${task.id}`);
        return null;
      case 'list':
        return this.#list();
    }
  }

  async close(): Promise<void> {}

  async #list(): Promise<readonly DeploymentRecord[]> {
    const keys = await this.#state.keys(prefix);
    const stored = await Promise.all(keys.map(key => this.#state.get(key)));
    return stored.flatMap(entry => {
      const parsed = deploymentRecordSchema.safeParse(entry?.value);
      return parsed.success ? [parsed.data] : [];
    });
  }
}

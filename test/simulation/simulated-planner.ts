import type {Inspection, PlannerTask} from '../../actors/planner-task.js';
import type {NetworkRef} from '../../schemas/network-blob.js';
import {InferenceError} from '../../src/errors.js';
import type {TaskExecutor} from '../../src/ports/task-executor.js';
import type {NetworkShelf} from './network-shelf.js';
import type {SimulatedProcess} from './simulated-process.js';

const workMsMax = 40;

/** A coordinator's planner: it takes a while, and knows every network on the shelf. */
export class SimulatedPlanner implements TaskExecutor<PlannerTask> {
  readonly slots = 1;
  readonly #process: SimulatedProcess;
  readonly #shelf: NetworkShelf;

  constructor(process: SimulatedProcess, shelf: NetworkShelf) {
    this.#process = process;
    this.#shelf = shelf;
  }

  async run(task: PlannerTask): Promise<Inspection | readonly NetworkRef[]> {
    await this.#process.delay(this.#process.random.next() * workMsMax);
    const {network} = task;
    if (task.kind === 'extract') return task.parts.map(part => this.#shelf.addPart(network, part));
    if (task.batched) throw new InferenceError('NOT_IMPLEMENTED', 'no batches are simulated');
    const graph = this.#shelf.graphOf(network);
    const none = {clientInputs: new Map(), preprocess: null, postprocess: null};
    return {network, rewrite: null, graph, queried: network, ...none};
  }

  async close(): Promise<void> {}
}

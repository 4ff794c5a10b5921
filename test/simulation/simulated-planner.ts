import type {Inspection, PlannerTask} from '../../actors/planner-task.js';
import type {NetworkRef} from '../../schemas/network-blob.js';
import {tensorInfos} from '../../src/plan/tensor-infos.js';
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
    return this.#inspect(task);
  }

  async close(): Promise<void> {}

  #inspect({
    network: alone,
    batched,
    preprocessing,
  }: PlannerTask & {readonly kind: 'inspect'}): Inspection {
    const network = batched ? this.#shelf.addBatched(alone) : alone;
    const graph = this.#shelf.graphOf(network);
    const inputs = Object.keys(preprocessing?.inputs ?? {});
    const outputs = Object.keys(preprocessing?.outputs ?? {});
    const infos = tensorInfos(graph, inputs);
    return {
      ...{network, rewrite: null, graph, queried: network},
      clientInputs: new Map(infos.map(info => [info.name, [info]])),
      preprocess: inputs.length > 0 ? this.#shelf.addPreprocessing(network, inputs) : null,
      postprocess: outputs.length > 0 ? this.#shelf.addPostprocessing(network, outputs) : null,
    };
  }
}

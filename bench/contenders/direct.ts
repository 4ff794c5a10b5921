import {once} from 'node:events';
import {Worker} from 'node:worker_threads';
import type {NamedTensors, TensorData} from '../../schemas/tensor.js';
import {buffersOf, copyTensors} from '../../src/plugin/tensor-buffers.js';
import type {Contender, Workload} from './contender.js';
import type {DirectResult, DirectTask} from './direct-worker.js';

interface Running {
  readonly input: number;
  resolve(outputs: Readonly<Record<string, TensorData>>): void;
}

interface Lane {
  readonly worker: Worker;
  busy: number;
}

/**
 * The baseline: ONNX Runtime's sessions in worker threads, driven by postMessage alone. Buffers are
 * transferred and come back with the result, so nothing is ever copied; a worker that is busy has
 * its next messages waiting at its port already.
 */
export class Direct implements Contender {
  readonly name = 'direct';
  readonly #lanes: readonly Lane[];
  /** Copies of each input that no worker holds. */
  readonly #spare: NamedTensors[][];
  readonly #inputs: readonly NamedTensors[];
  readonly #running = new Map<number, Running>();
  #next = 0;

  private constructor(lanes: readonly Lane[], inputs: readonly NamedTensors[]) {
    this.#lanes = lanes;
    this.#inputs = inputs;
    this.#spare = inputs.map(() => []);
    for (const lane of lanes) {
      lane.worker.on('message', (result: DirectResult) => this.#onResult(lane, result));
    }
  }

  static async start({model, inputs, streams}: Workload): Promise<Direct> {
    const starting = Array.from({length: streams}, async () => {
      const url = new URL('./direct-worker.js', import.meta.url);
      const worker = new Worker(url, {workerData: model});
      await once(worker, 'message');
      return {worker, busy: 0};
    });
    return new Direct(await Promise.all(starting), inputs);
  }

  infer(_slot: number, input: number): Promise<Readonly<Record<string, TensorData>>> {
    const lane = this.#lanes.reduce((best, each) => (each.busy < best.busy ? each : best));
    const tensors = this.#spare[input]?.pop() ?? copyTensors(this.#inputs[input] ?? new Map());
    const task: DirectTask = {id: this.#next++, tensors};
    lane.busy++;
    lane.worker.postMessage(task, buffersOf(tensors));
    return new Promise(resolve => {
      this.#running.set(task.id, {input, resolve});
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map(({worker}) => worker.terminate()));
  }

  #onResult(lane: Lane, {id, tensors, outputs}: DirectResult): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    this.#running.delete(id);
    lane.busy--;
    this.#spare[running.input]?.push(tensors);
    running.resolve(Object.fromEntries(outputs));
  }
}

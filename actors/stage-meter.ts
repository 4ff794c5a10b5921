import {stagePlace} from '../schemas/addresses.js';
import type {StageStats, StageTiming} from '../schemas/messages/stage.js';
import {Histogram} from '../src/kernel/histogram.js';
import type {Labels, Metric} from '../src/ports/metrics.js';

export interface StageMeterOptions {
  readonly address: string;
  readonly name: string;
  readonly device: string;
}

/** What a stage has now. */
export interface StageLoad {
  /** Requests that gather inputs or wait for a slot. */
  readonly queued: number;
  readonly running: number;
}

type Counted = 'failed' | 'cancelled' | 'expired' | 'refused';

const microsPerSecond = 1e6;

/** Counts what becomes of a stage's requests, and how long they take. */
export class StageMeter {
  readonly #labels: Labels;
  readonly #counts = {executed: 0, failed: 0, cancelled: 0, expired: 0, refused: 0};
  readonly #sums = {queueUs: 0, executeUs: 0, runUs: 0};
  readonly #queued = new Histogram();
  readonly #executed = new Histogram();

  constructor({address, name, device}: StageMeterOptions) {
    this.#labels = {...stagePlace(address), stage: name, device};
  }

  count(outcome: Counted): void {
    this.#counts[outcome]++;
  }

  executed({queueUs, executeUs, runUs}: StageTiming): void {
    this.#counts.executed++;
    this.#sums.queueUs += queueUs;
    this.#sums.executeUs += executeUs;
    this.#sums.runUs += runUs;
    this.#queued.observe(queueUs / microsPerSecond);
    this.#executed.observe(executeUs / microsPerSecond);
  }

  /** Mean time from a kernel's start to its end, as the actor saw it; 1 before the first. */
  get runMs(): number {
    const {executed} = this.#counts;
    return executed === 0 ? 1 : this.#sums.runUs / executed / 1000;
  }

  stats({queued, running}: StageLoad): StageStats {
    return {...this.#counts, ...this.#sums, load: queued + running};
  }

  metrics({queued, running}: StageLoad): readonly Metric[] {
    const labels = this.#labels;
    const gauge = (name: string, help: string, value: number): Metric => {
      return {type: 'gauge', name, help, samples: [{labels, value}]};
    };
    return [
      {
        type: 'counter',
        name: 'heterodyne_stage_requests_total',
        help: 'Attempts of infer requests that ended at the stage, by outcome.',
        samples: Object.entries(this.#counts).map(([outcome, value]) => {
          return {labels: {...labels, outcome}, value};
        }),
      },
      gauge('heterodyne_stage_queued', 'Attempts that gather inputs or wait for a slot.', queued),
      gauge('heterodyne_stage_running', 'Attempts inside the kernel.', running),
      {
        type: 'histogram',
        name: 'heterodyne_stage_queue_seconds',
        help: "Time from an attempt's last input to the start of the kernel.",
        samples: [this.#queued.sample(labels)],
      },
      {
        type: 'histogram',
        name: 'heterodyne_stage_execute_seconds',
        help: 'Time inside the kernel.',
        samples: [this.#executed.sample(labels)],
      },
    ];
  }
}

import type {PipelineStage, PipelineTimes} from '../../schemas/performance-counters.js';

/** Measures the stages of an infer request. */
export class PipelineClock {
  readonly #timesUs = new Map<PipelineStage, number>();

  /** Of the last run of each stage, in microseconds. */
  get timesUs(): PipelineTimes {
    return Object.fromEntries(this.#timesUs);
  }

  /** Runs a stage; gives no promise where the stage gives none. */
  run<Value>(stage: PipelineStage, work: () => Value): Value {
    const startMs = performance.now();
    const ended = () => {
      this.#timesUs.set(stage, (performance.now() - startMs) * 1000);
    };
    const running = work();
    if (running instanceof Promise) return running.finally(ended) as Value;
    ended();
    return running;
  }
}

import {Histogram} from '../kernel/histogram.js';
import type {Clock} from '../ports/clock.js';
import type {Metric} from '../ports/metrics.js';

/** Counts what becomes of a client's requests, and how long they take. */
export class RequestMeter {
  readonly #clock: Clock;
  readonly #seconds = new Histogram();
  /** By outcome: `done`, or the error's code. */
  readonly #ends = new Map<string, number>([['done', 0]]);
  #inFlight = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A request begins; to be called with its outcome, once. */
  begin(): (outcome: string) => void {
    const startedAt = this.#clock.now();
    this.#inFlight++;
    return outcome => {
      this.#inFlight--;
      this.#ends.set(outcome, (this.#ends.get(outcome) ?? 0) + 1);
      this.#seconds.observe((this.#clock.now() - startedAt) / 1000);
    };
  }

  metrics(): readonly Metric[] {
    return [
      {
        type: 'counter',
        name: 'heterodyne_requests_total',
        help: 'Infer requests that ended, by outcome: done, or an error code.',
        samples: [...this.#ends].map(([outcome, value]) => ({labels: {outcome}, value})),
      },
      {
        type: 'gauge',
        name: 'heterodyne_requests_in_flight',
        help: 'Infer requests that have not ended.',
        samples: [{labels: {}, value: this.#inFlight}],
      },
      {
        type: 'histogram',
        name: 'heterodyne_request_seconds',
        help: 'Time from the submission of an infer request to its end.',
        samples: [this.#seconds.sample({})],
      },
    ];
  }
}

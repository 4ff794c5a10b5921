import type {Trace} from './trace.js';

/** Where a property did not hold. */
export interface Break {
  /** The property's sentence. */
  readonly property: string;
  readonly what: string;
}

/** Breaks that are kept, and the first of each property; one is enough to fail. */
const breaksMax = 20;

/** Collects where properties did not hold. */
export class Broken {
  readonly list: Break[] = [];
  readonly #trace: Trace;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  report(property: string, what: string): void {
    this.#trace.note('BROKEN', `${property}: ${what}`);
    const isNew = !this.list.some(each => each.property === property);
    if (isNew || this.list.length < breaksMax) this.list.push({property, what});
  }
}

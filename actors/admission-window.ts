import {InferenceError} from '../src/errors.js';

/**
 * Bounds what one client has on its way for each deployment, and what waits behind it. Requests
 * that wait are let in first come, first served, whenever one leaves.
 */
export class AdmissionWindow {
  readonly #inFlightMax: number;
  readonly #queuedMax: number;
  readonly #lines = new Map<string, {inside: Set<number>; waiting: Set<number>}>();
  #queued = 0;

  constructor(bounds: {readonly inFlightMax: number; readonly queuedMax: number}) {
    this.#inFlightMax = bounds.inFlightMax;
    this.#queuedMax = bounds.queuedMax;
  }

  /** `insideMax`, if it is less than the window's own bound, bounds those of this deployment. */
  admit(
    deployment: string,
    request: number,
    insideMax = Number.POSITIVE_INFINITY,
  ): 'enters' | 'waits' | 'full' {
    let line = this.#lines.get(deployment);
    if (line === undefined) {
      line = {inside: new Set(), waiting: new Set()};
      this.#lines.set(deployment, line);
    }
    if (line.inside.size < Math.min(insideMax, this.#inFlightMax)) {
      line.inside.add(request);
      return 'enters';
    }
    if (this.#queued >= this.#queuedMax) return 'full';
    line.waiting.add(request);
    this.#queued++;
    return 'waits';
  }

  /** Why a request is not let in where the window is full. */
  refusal(): InferenceError {
    const text = `${this.#queuedMax} requests wait at this client already`;
    return new InferenceError('QUEUE_FULL', text);
  }

  /** Takes a request out; the answer are those that enter now. */
  leave(deployment: string, request: number, insideMax?: number): readonly number[] {
    const line = this.#lines.get(deployment);
    if (line === undefined) return [];
    if (line.waiting.delete(request)) this.#queued--;
    line.inside.delete(request);
    return this.enter(deployment, insideMax);
  }

  /** Lets in those for whom there is room now. */
  enter(deployment: string, insideMax = Number.POSITIVE_INFINITY): readonly number[] {
    const line = this.#lines.get(deployment);
    if (line === undefined) return [];
    const room = Math.min(insideMax, this.#inFlightMax) - line.inside.size;
    const entering = [...take(line.waiting, room)];
    for (const next of entering) {
      line.waiting.delete(next);
      this.#queued--;
      line.inside.add(next);
    }
    if (line.inside.size === 0) this.#lines.delete(deployment);
    return entering;
  }
}

function* take<T>(from: Iterable<T>, count: number): Iterable<T> {
  let left = count;
  for (const each of from) {
    if (left-- <= 0) return;
    yield each;
  }
}

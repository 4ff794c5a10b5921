import type {Priority} from '../schemas/priority.js';
import {type InferenceError, queueFull} from '../src/errors.js';
import {PriorityLine} from '../src/kernel/priority-line.js';

export interface AdmissionBounds {
  /** Requests of a deployment on their way at once. */
  readonly inFlightMax: number;
  /** Requests of all deployments that wait behind them. */
  readonly queuedMax: number;
}

export interface Entrant {
  readonly deployment: string;
  readonly request: number;
  readonly priority: Priority;
}

export interface Admitted {
  readonly place: 'enters' | 'waits' | 'full';
  /** Who ends with that error: this one where all is full, or one that has lost its place to it. */
  readonly refused?: {readonly request: number; readonly error: InferenceError};
}

/** How much one more request counts in the mean of the time inside. */
const smoothing = 1 / 8;

/** Of one deployment. */
interface Line {
  /** Since when. */
  readonly inside: Map<number, number>;
  readonly waiting: PriorityLine<number>;
  /** How long requests were inside of late; smoothed as TCP does round trips (RFC 6298). */
  meanMs: number | undefined;
}

/**
 * Bounds what one client has on its way for each deployment, and what waits behind it. Requests that
 * wait are let in as a PriorityLine says, whenever one leaves. Once all that may wait do, a request
 * whose line is shorter takes the place of one in the longest: so every deployment has a fair share
 * of the places when they are short, and any share when they are not. (As routers share buffers:
 * dropping from the longest queue; Demers, Keshav and Shenker, "Analysis and Simulation of a Fair
 * Queueing Algorithm", 1989.)
 */
export class AdmissionWindow {
  readonly #bounds: AdmissionBounds;
  readonly #lines = new Map<string, Line>();
  #queued = 0;

  constructor(bounds: AdmissionBounds) {
    this.#bounds = bounds;
  }

  /** `insideMax`, if it is less than the window's own bound, bounds those of this deployment. */
  admit(
    {deployment, request, priority}: Entrant,
    now: number,
    insideMax = Number.POSITIVE_INFINITY,
  ): Admitted {
    const line = this.#lineOf(deployment);
    if (line.inside.size < Math.min(insideMax, this.#bounds.inFlightMax)) {
      line.inside.set(request, now);
      return {place: 'enters'};
    }
    if (this.#queued < this.#bounds.queuedMax) {
      line.waiting.add(request, priority);
      this.#queued++;
      return {place: 'waits'};
    }
    const spared = this.#spare(line, priority);
    if (spared === undefined) return {place: 'full', refused: this.#refused(request, line)};
    line.waiting.add(request, priority);
    return {place: 'waits', refused: spared};
  }

  /** Takes a request out; the answer are those that enter now. */
  leave(
    {deployment, request}: Pick<Entrant, 'deployment' | 'request'>,
    now: number,
    insideMax?: number,
  ): readonly number[] {
    const line = this.#lines.get(deployment);
    if (line === undefined) return [];
    if (line.waiting.delete(request)) this.#queued--;
    const since = line.inside.get(request);
    if (since !== undefined) {
      line.inside.delete(request);
      line.meanMs ??= now - since;
      line.meanMs += (now - since - line.meanMs) * smoothing;
    }
    return this.enter(deployment, now, insideMax);
  }

  /** Lets in those for whom there is room now. */
  enter(deployment: string, now: number, insideMax = Number.POSITIVE_INFINITY): readonly number[] {
    const line = this.#lines.get(deployment);
    if (line === undefined) return [];
    const entering: number[] = [];
    while (line.inside.size < Math.min(insideMax, this.#bounds.inFlightMax)) {
      const next = line.waiting.take();
      if (next === undefined) break;
      this.#queued--;
      line.inside.set(next, now);
      entering.push(next);
    }
    if (line.inside.size + line.waiting.size === 0) this.#lines.delete(deployment);
    return entering;
  }

  #lineOf(deployment: string): Line {
    const known = this.#lines.get(deployment);
    if (known !== undefined) return known;
    const line: Line = {inside: new Map(), waiting: new PriorityLine(), meanMs: undefined};
    this.#lines.set(deployment, line);
    return line;
  }

  /** Of the longest line, if that stays no shorter than `line`; else of lower priority in `line`. */
  #spare(line: Line, priority: Priority): Admitted['refused'] {
    let longest = line;
    for (const each of this.#lines.values()) {
      if (each.waiting.size > longest.waiting.size) longest = each;
    }
    const isUnfair = longest.waiting.size > line.waiting.size + 1;
    const other = isUnfair ? longest.waiting.pushOut() : undefined;
    if (other !== undefined) return this.#refused(other, longest);
    const lower = line.waiting.pushOut(priority);
    return lower === undefined ? undefined : this.#refused(lower, line);
  }

  /** It may come back when about half of its line is through. */
  #refused(request: number, {inside, waiting, meanMs = 1}: Line): Required<Admitted>['refused'] {
    const text = `${this.#bounds.queuedMax} requests wait at this client already`;
    const halfMs = (meanMs * Math.max(1, waiting.size)) / Math.max(1, inside.size) / 2;
    return {request, error: queueFull(text, Math.ceil(halfMs))};
  }
}

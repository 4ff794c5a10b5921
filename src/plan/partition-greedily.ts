import type {Link, PipelineCosts} from './pipeline-costs.js';

/** The devices of a pipeline, by index. */
export interface PipelineDevices {
  /** Work per millisecond of each. */
  readonly speeds: readonly number[];
  link(from: number, to: number): Link;
}

/** Units from `from` up to but without `to`, on one device. */
export interface PipelinePart {
  readonly device: number;
  readonly from: number;
  readonly to: number;
}

/** Counts down what a search does, so that it ends in bounded time whatever it is given. */
export interface Effort {
  left: number;
}

/** Sums of floating-point work may differ by this factor from what they should be. */
const tolerance = 1 + 1e-9;

/** Cuts a row of units into parts so that no device and no cut takes longer than a period. */
export class GreedyPartition {
  readonly #costs: PipelineCosts;
  readonly #devices: PipelineDevices;
  readonly #effort: Effort;
  #periodMs = 0;
  /** Work that each device may still take. */
  #budgets: number[] = [];

  constructor(costs: PipelineCosts, devices: PipelineDevices, effort: Effort) {
    this.#costs = costs;
    this.#devices = devices;
    this.#effort = effort;
  }

  /**
   * Time and again the device that gets furthest, from the last place where the one before it may
   * be cut; a device may have several parts. Undefined if that gets stuck, or the effort ends.
   */
  of(periodMs: number): readonly PipelinePart[] | undefined {
    this.#periodMs = periodMs;
    this.#budgets = this.#devices.speeds.map(speed => speed * periodMs * tolerance);
    const parts: PipelinePart[] = [];
    let last: PipelinePart | undefined;
    while (last === undefined ? this.#costs.units > 0 : last.to < this.#costs.units) {
      const next = this.#furthestAfter(last);
      if (next === undefined) return undefined;
      if (last !== undefined) parts.push(this.#end(last, next.from));
      last = next;
    }
    return last === undefined ? parts : [...parts, last];
  }

  #furthestAfter(last: PipelinePart | undefined): PipelinePart | undefined {
    this.#effort.left -= this.#budgets.length;
    if (this.#effort.left < 0) return undefined;
    let best: PipelinePart | undefined;
    for (let device = 0; device < this.#budgets.length; device++) {
      const from = last === undefined ? 0 : this.#cut(last, device);
      if (from < 0) continue;
      const to = this.#reach(device, from);
      if (to > (best ?? last ?? {to: 0}).to) best = {device, from, to};
    }
    return best;
  }

  #end(part: PipelinePart, to: number): PipelinePart {
    const {workBefore} = this.#costs;
    const work = (workBefore[to] ?? 0) - (workBefore[part.from] ?? 0);
    this.#budgets[part.device] = (this.#budgets[part.device] ?? 0) - work;
    return {...part, to};
  }

  /** The last place in `part` or at its end from which `device` may go on; -1 if there is none. */
  #cut(part: PipelinePart, device: number): number {
    if (part.device === device) return -1;
    const {latencyMs, bytesPerMs} = this.#devices.link(part.device, device);
    const bytesMax = (this.#periodMs - latencyMs) * bytesPerMs;
    return this.#costs.bytesAcross.lastAtMost(bytesMax, part.from + 1, part.to);
  }

  /** How far `device` gets from a place: up to what it refuses, or the end of its budget. */
  #reach(device: number, from: number): number {
    const {workBefore, refusedFrom} = this.#costs;
    const workMax = (workBefore[from] ?? 0) + Math.max(0, this.#budgets[device] ?? 0);
    let [low, high] = [from, refusedFrom[device]?.[from] ?? from];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((workBefore[middle] ?? 0) <= workMax) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

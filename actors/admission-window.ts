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

  admit(deployment: string, request: number): 'enters' | 'waits' | 'full' {
    let line = this.#lines.get(deployment);
    if (line === undefined) {
      line = {inside: new Set(), waiting: new Set()};
      this.#lines.set(deployment, line);
    }
    if (line.inside.size < this.#inFlightMax) {
      line.inside.add(request);
      return 'enters';
    }
    if (this.#queued >= this.#queuedMax) return 'full';
    line.waiting.add(request);
    this.#queued++;
    return 'waits';
  }

  /** Takes a request out; the answer is the one that enters in its place. */
  leave(deployment: string, request: number): number | undefined {
    const line = this.#lines.get(deployment);
    if (line === undefined) return undefined;
    if (line.waiting.delete(request)) this.#queued--;
    if (!line.inside.delete(request)) return undefined;
    for (const next of line.waiting) {
      line.waiting.delete(next);
      this.#queued--;
      line.inside.add(next);
      return next;
    }
    if (line.inside.size === 0) this.#lines.delete(deployment);
    return undefined;
  }
}

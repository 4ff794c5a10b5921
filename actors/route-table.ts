import type {Deployment, Variant} from '../schemas/deployment.js';
import type {ErrorPlace} from '../src/errors.js';

/** How long a replica that nobody answered for is avoided. */
const avoidMs = 1000;

/** The way of one attempt: a variant, and one replica of each of its stages. */
export interface Way {
  readonly deployment: string;
  readonly variant: Variant;
  readonly route: readonly number[];
}

/** What bounds the choice of a request's way. */
export interface Chooser {
  /** Variants that it does not want. */
  readonly refused: ReadonlySet<number>;
  readonly pinned: Way | undefined;
}

/** What a client knows of the stage replicas that it sends to: how busy each one is with it. */
export class RouteTable {
  /** Attempts on their way, by replica address and by variant. */
  readonly #inFlight = new Map<string, number>();
  readonly #avoidUntil = new Map<string, number>();
  /** Whose turn it is among a deployment's variants. */
  readonly #turns = new Map<string, number>();

  /**
   * The way that a request is `pinned` to, or one through `deployment` that is none of the variants
   * `refused`, if it passes no replica that was found gone lately; else undefined. Of variants, the
   * first in priority order, or in turn, that has room for a request; if none has, the one that is
   * least over its bound. Of replicas, the least busy; ties go to the first.
   */
  choose(deployment: Deployment, {refused, pinned}: Chooser, now: number): Way | undefined {
    if (pinned !== undefined) return this.#isThere(pinned, deployment, now) ? pinned : undefined;
    const ways = deployment.variants.flatMap(variant => {
      const route = refused.has(variant.id) ? undefined : this.#routeThrough(variant, now);
      return route === undefined ? [] : [{deployment: deployment.id, variant, route}];
    });
    if (ways.length < 2) return ways[0];
    const inOrder = deployment.schedule === 'ROUND_ROBIN' ? this.#inTurn(deployment, ways) : ways;
    return inOrder.find(way => this.#fullness(way) < 1) ?? this.#leastFull(ways);
  }

  /** Counts an attempt in (1) or out (-1). */
  count(way: Way, change: 1 | -1): void {
    for (const key of [variantKey(way), ...addressesOf(way)]) {
      const busy = (this.#inFlight.get(key) ?? 0) + change;
      if (busy > 0) this.#inFlight.set(key, busy);
      else this.#inFlight.delete(key);
    }
  }

  /** Replicas that are avoided, or were until lately. */
  get avoided(): number {
    return this.#avoidUntil.size;
  }

  avoid(address: string, now: number): void {
    // Replicas that are gone for good have addresses that are never used again.
    for (const [each, until] of this.#avoidUntil) if (until <= now) this.#avoidUntil.delete(each);
    this.#avoidUntil.set(address, now + avoidMs);
  }

  forget({id, variants}: Deployment): void {
    this.#turns.delete(id);
    for (const {stages} of variants.map(({stageGraph}) => stageGraph)) {
      for (const {address} of stages.flatMap(stage => stage.replicas)) {
        this.#avoidUntil.delete(address);
      }
    }
  }

  #isThere(way: Way, {variants}: Deployment, now: number): boolean {
    const isGone = (address: string) => (this.#avoidUntil.get(address) ?? 0) > now;
    return variants.some(({id}) => id === way.variant.id) && !addressesOf(way).some(isGone);
  }

  #routeThrough({stageGraph}: Variant, now: number): readonly number[] | undefined {
    const route: number[] = [];
    for (const {replicas} of stageGraph.stages) {
      let best = -1;
      let bestBusy = Number.POSITIVE_INFINITY;
      for (const [index, {address}] of replicas.entries()) {
        const busy = this.#inFlight.get(address) ?? 0;
        if ((this.#avoidUntil.get(address) ?? 0) > now || busy >= bestBusy) continue;
        best = index;
        bestBusy = busy;
      }
      if (best < 0) return undefined;
      route.push(best);
    }
    return route;
  }

  #inTurn({id}: Deployment, ways: readonly Way[]): readonly Way[] {
    const turn = (this.#turns.get(id) ?? -1) + 1;
    this.#turns.set(id, turn);
    const first = turn % ways.length;
    return [...ways.slice(first), ...ways.slice(0, first)];
  }

  #leastFull(ways: readonly Way[]): Way | undefined {
    return ways.reduce((best, way) => (this.#fullness(way) < this.#fullness(best) ? way : best));
  }

  #fullness(way: Way): number {
    const {requestsMax} = way.variant;
    return requestsMax === null ? 0 : (this.#inFlight.get(variantKey(way)) ?? 0) / requestsMax;
  }
}

function variantKey({deployment, variant}: Way): string {
  return `${deployment}/${variant.id}`;
}

/** The addresses of a way's replicas, by stage. */
export function addressesOf({variant, route}: Way): string[] {
  const {stages} = variant.stageGraph;
  return stages.map(({replicas}, stage) => replicas[route[stage] ?? 0]?.address ?? '');
}

/** Where a stage of a way runs, for errors. */
export function placeOf({variant, route}: Way, stage: number): ErrorPlace {
  const of = variant.stageGraph.stages[stage];
  const replica = of?.replicas[route[stage] ?? 0];
  return of === undefined || replica === undefined ? {} : {stage: of.name, device: replica.device};
}

import type {Deployment} from '../schemas/deployment.js';
import type {ErrorPlace} from '../src/errors.js';

/** How long a replica that nobody answered for is avoided. */
const avoidMs = 1000;

/** What a client knows of the stage replicas that it sends to: how busy each one is with it. */
export class RouteTable {
  readonly #inFlight = new Map<string, number>();
  readonly #avoidUntil = new Map<string, number>();

  /**
   * One replica for each stage, the least busy that was not found gone lately; undefined if a stage
   * has none. Ties go to the first.
   */
  choose({stageGraph}: Deployment, now: number): readonly number[] | undefined {
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

  /** Counts an attempt over `route` in (1) or out (-1). */
  count(deployment: Deployment, route: readonly number[], change: 1 | -1): void {
    for (const address of addressesOf(deployment, route)) {
      const busy = (this.#inFlight.get(address) ?? 0) + change;
      if (busy > 0) this.#inFlight.set(address, busy);
      else this.#inFlight.delete(address);
    }
  }

  avoid(address: string, now: number): void {
    this.#avoidUntil.set(address, now + avoidMs);
  }

  forget({stageGraph}: Deployment): void {
    for (const {address} of stageGraph.stages.flatMap(stage => stage.replicas)) {
      this.#inFlight.delete(address);
      this.#avoidUntil.delete(address);
    }
  }
}

/** The addresses of a route's replicas, by stage. */
export function addressesOf({stageGraph}: Deployment, route: readonly number[]): string[] {
  return stageGraph.stages.map(({replicas}, stage) => replicas[route[stage] ?? 0]?.address ?? '');
}

/** Where a stage of a route runs, for errors. */
export function placeOf(
  {stageGraph}: Deployment,
  route: readonly number[],
  stage: number,
): ErrorPlace {
  const of = stageGraph.stages[stage];
  const replica = of?.replicas[route[stage] ?? 0];
  return of === undefined || replica === undefined ? {} : {stage: of.name, device: replica.device};
}

import {Leadership} from '../../src/app/leadership.js';
import {startCoordinator} from '../../src/app/start-coordinator.js';
import type {Cluster} from './cluster.js';
import type {Host} from './host.js';
import {SimulatedPlanner} from './simulated-planner.js';
import {SimulatedProcess} from './simulated-process.js';
import {unusedBulk} from './unused-bulk.js';

const leaseMs = 3000;

/** A coordinator's process, composed as `runCoordinator` does. */
export class CoordinatorHost implements Host {
  readonly name: string;
  readonly #cluster: Cluster;
  #process: SimulatedProcess | undefined;
  #leadership: Leadership | undefined;
  #stop: (() => Promise<void>) | undefined;

  constructor(name: string, cluster: Cluster) {
    this.name = name;
    this.#cluster = cluster;
  }

  get processes(): readonly SimulatedProcess[] {
    return this.#process?.alive ? [this.#process] : [];
  }

  get leads(): boolean {
    return this.#process?.alive === true && this.#leadership?.leads === true;
  }

  start(): void {
    if (this.#process?.alive) return;
    const {world, shelf, store, nextName} = this.#cluster;
    const process = new SimulatedProcess(nextName(this.name), world);
    const {system, random} = process;
    const state = store.connect(process);
    const planner = new SimulatedPlanner(process, shelf);
    const coordinator = startCoordinator({system, state, random, planner, bulk: unusedBulk});
    const {clock, timers, log} = process.world;
    const leadership = new Leadership({
      state,
      id: random.id(),
      leaseMs,
      ...{clock, timers, log},
      lead: (term, until) => {
        world.reached.note('a coordinator began to lead');
        return coordinator.lead(term, until);
      },
    });
    this.#process = process;
    this.#leadership = leadership;
    this.#stop = async () => {
      await leadership.close();
      await coordinator.close();
      process.crash('ends');
    };
  }

  crash(): void {
    if (this.leads) this.#cluster.world.reached.note('the leader crashed');
    this.#process?.crash();
  }

  stop(): void {
    this.#process?.enter(() => {
      void this.#stop?.();
    });
  }
}

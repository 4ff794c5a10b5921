import type {Cluster} from './cluster.js';
import type {FaultPlan, Range, Scenario} from './scenario.js';
import type {SimulatedProcess} from './simulated-process.js';
import type {SimulatedWorld} from './simulated-world.js';

type Undo = () => void;

/** Strikes a cluster with a scenario's faults, at times and places out of the seed. */
export class Storm {
  readonly #scenario: Scenario;
  readonly #cluster: Cluster;
  readonly #world: SimulatedWorld;
  /** What is broken now. */
  readonly #open = new Set<Undo>();
  #over = false;

  constructor(scenario: Scenario, cluster: Cluster) {
    this.#scenario = scenario;
    this.#cluster = cluster;
    this.#world = cluster.world;
  }

  begin(): void {
    this.#cluster.storming = true;
    this.#world.network.weather = this.#scenario.weather;
    for (const plan of this.#scenario.faults) this.#later(plan.everyMs, () => this.#strike(plan));
  }

  /** Everything is mended. */
  end(): void {
    this.#over = true;
    this.#cluster.storming = false;
    for (const undo of [...this.#open]) undo();
    this.#open.clear();
  }

  #strike(plan: FaultPlan): void {
    const undo = this.#apply(plan);
    const mend = () => {
      if (!this.#open.delete(mend)) return;
      this.#world.trace.note('storm', `${plan.what} of ${plan.who} is over`);
      undo();
      if (!this.#over) this.#later(plan.everyMs, () => this.#strike(plan));
    };
    this.#open.add(mend);
    this.#later(plan.lastsMs, mend);
  }

  #later([from, to]: Range, call: () => void): void {
    const delayMs = from + this.#world.random.next() * (to - from);
    this.#world.queue.after(delayMs, () => {
      if (!this.#over) call();
    });
  }

  #apply(plan: FaultPlan): Undo {
    const {store, devices, nodes} = this.#cluster;
    const {random, trace} = this.#world;
    trace.note('storm', `${plan.what} of ${plan.who}`);
    if (plan.who === 'store') {
      if (plan.what === 'down') store.down = true;
      else store.slowMs = random.next() * 1500;
      return () => {
        store.down = false;
        store.slowMs = 0;
      };
    }
    if (plan.what === 'twin') {
      const at = random.whole(0, nodes.length - 1);
      const twinOf = this.#scenario.nodes[at];
      const twin = twinOf && this.#cluster.startTwin(twinOf);
      return () => twin?.crash();
    }
    if (plan.what === 'slow' || plan.what === 'stuck') {
      if (devices.length === 0) return () => {};
      const {plugin} = random.pick(devices);
      plugin.condition.slowness = plan.what === 'slow' ? 20 : Number.POSITIVE_INFINITY;
      return () => {
        plugin.condition.slowness = 1;
        plugin.letGo();
      };
    }
    return this.#hit(plan);
  }

  #hit(plan: Exclude<FaultPlan, {readonly who: 'store'}>): Undo {
    const victims = this.#cluster.victims(plan.who);
    if (victims.length === 0) return () => {};
    const victim = this.#world.random.pick(victims);
    if (plan.what === 'crash' || plan.what === 'stop') {
      victim[plan.what]();
      return () => victim.start();
    }
    const undos = victim.processes.map(process => this.#harm(plan.what, process));
    return () => {
      for (const undo of undos) undo();
    };
  }

  #harm(what: FaultPlan['what'], process: SimulatedProcess): Undo {
    const {network} = this.#world;
    const {name} = process;
    switch (what) {
      case 'pause':
        process.pause();
        return () => process.resume();
      case 'mute':
        return network.cut(name);
      case 'deafen':
        return network.cut('*', name);
      case 'isolate':
        return both(network.cut(name), network.cut('*', name));
      case 'clog':
        return both(network.clog(name), network.clog('*', name));
      case 'disconnect':
        process.disconnect();
        return () => process.reconnect();
      default:
        return () => {};
    }
  }
}

function both(first: Undo, second: Undo): Undo {
  return () => {
    first();
    second();
  };
}

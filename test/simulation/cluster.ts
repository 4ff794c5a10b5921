import type {Deployment} from '../../schemas/deployment.js';
import type {Failed} from '../../schemas/messages/client.js';
import type {Infer} from '../../schemas/messages/stage.js';
import type {NetworkRef} from '../../schemas/network-blob.js';
import type {StatePair} from '../../schemas/state.js';
import {invariant} from '../../src/errors.js';
import type {Frame} from '../../src/ports/transport.js';
import {ClientHost} from './client-host.js';
import {CoordinatorHost} from './coordinator-host.js';
import type {DeviceProcess} from './device-process.js';
import type {Host} from './host.js';
import {LeaderWatch} from './leader-watch.js';
import {Ledger} from './ledger.js';
import {NetworkShelf} from './network-shelf.js';
import {networks} from './networks.js';
import {NodeHost} from './node-host.js';
import {Poisonings} from './poisonings.js';
import type {NodePlan, Scenario, Victim} from './scenario.js';
import {SimulatedStore} from './simulated-store.js';
import type {SimulatedWorld} from './simulated-world.js';

/** All that runs in a simulation. */
export class Cluster {
  readonly world: SimulatedWorld;
  readonly shelf = new NetworkShelf();
  readonly store: SimulatedStore;
  readonly ledger: Ledger;
  readonly poisonings: Poisonings;
  readonly nodes: readonly NodeHost[];
  readonly coordinators: readonly CoordinatorHost[];
  readonly clients: readonly ClientHost[];
  storming = false;
  /** How much rarer requests are than clients plan. */
  pace = 1;
  readonly #leaders: LeaderWatch;
  readonly #refs = new Map<string, NetworkRef>();
  readonly #named = new Map<string, number>();
  readonly #twins: NodeHost[] = [];
  /** Devices that a deployment's first variant was on, by deployment, newest last. */
  readonly #places = new Map<string, string[]>();

  constructor(scenario: Scenario, world: SimulatedWorld) {
    this.world = world;
    this.store = new SimulatedStore(world);
    this.ledger = new Ledger(world);
    this.poisonings = new Poisonings(world, () => this.leader);
    for (const [name, {graph}] of Object.entries(networks)) {
      this.#refs.set(name, this.shelf.add(graph));
    }
    this.nodes = scenario.nodes.map(plan => new NodeHost(plan, this));
    this.coordinators = Array.from({length: scenario.coordinators}, (_, at) => {
      return new CoordinatorHost(`coordinator-${at}`, this);
    });
    this.clients = scenario.clients.map((plan, at) => new ClientHost(`client-${at}`, plan, this));
    this.#leaders = new LeaderWatch(world, this.coordinators);
    this.store.onPut = (...write) => this.#leaders.wrote(...write);
    world.network.watcher = ({name}, to, frame) => {
      if (to.startsWith('device.')) this.#leaders.ordered(name);
      else this.#watch(name, to, frame);
    };
  }

  /** A process that is started again has another name. */
  readonly nextName = (name: string): string => {
    const started = (this.#named.get(name) ?? 0) + 1;
    this.#named.set(name, started);
    return `${name}#${started}`;
  };

  get hosts(): readonly Host[] {
    return [...this.nodes, ...this.#twins, ...this.coordinators, ...this.clients];
  }

  get devices(): readonly DeviceProcess[] {
    return [...this.nodes, ...this.#twins].flatMap(({devices}) => devices);
  }

  /** The process of the coordinator that leads. */
  get leader(): string | undefined {
    return this.coordinators.find(({leads}) => leads)?.processes[0]?.name;
  }

  networkOf(name: string): NetworkRef {
    const ref = this.#refs.get(name);
    invariant(ref !== undefined, `there is no network ${name}`);
    return ref;
  }

  statesOf(name: string): readonly StatePair[] {
    return networks[name]?.states ?? [];
  }

  /** Who may be struck by a fault now. */
  victims(who: Victim): readonly Host[] {
    switch (who) {
      case 'node':
        return this.nodes;
      case 'coordinator':
        return this.coordinators;
      case 'leader':
        return this.coordinators.filter(({leads}) => leads);
      case 'client':
        return this.clients;
      case 'device':
        return this.devices.map(deviceHost);
    }
  }

  /** Starts a second node of a name that there is already. */
  startTwin(plan: NodePlan): Host {
    const twin = new NodeHost(plan, this);
    this.#twins.push(twin);
    twin.start();
    return twin;
  }

  /** A client has been told of new variants. */
  changed({id, variants: [first]}: Deployment): void {
    const stages = first?.stageGraph.stages ?? [];
    const place = stages.flatMap(({replicas}) => replicas.map(({device}) => device)).join();
    const places = this.#places.get(id) ?? [];
    if (places.at(-1) === place) return;
    if (places.includes(place)) this.world.reached.note('a deployment moved back');
    this.#places.set(id, [...places, place]);
    if (places.length > 0) this.world.reached.note('a deployment moved');
  }

  #watch(process: string, to: string, frame: Frame): void {
    const message = frame.message as Infer | Failed;
    if (message.kind === 'failed') {
      const {code} = message.error;
      this.world.reached.note(`a stage said ${code}`);
      if (code === 'STAGE_FAILED') this.ledger.failedAtKernel(to, message.request);
    }
    if (message.kind !== 'infer' || message.source >= 0) return;
    if (message.attempt > 1) this.world.reached.note('a request was tried again');
    const client = this.clients.find(({address}) => address === message.client);
    invariant(client !== undefined, `${process} sends for a client that is none`);
    this.ledger.sent(message.client, message.request, client.insideMax);
  }
}

/** The guardian of its node starts it again. */
function deviceHost(device: DeviceProcess): Host {
  const {process} = device;
  return {
    name: process.name,
    processes: [process],
    start: () => {},
    crash: () => process.crash(),
    stop: () => device.stop(),
  };
}

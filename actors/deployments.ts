import type {Deployment, DeploymentRecord} from '../schemas/deployment.js';
import type {DeviceDescription} from '../schemas/device.js';
import type {Ask} from '../schemas/messages/ask.js';
import type {ClientMessage} from '../schemas/messages/client.js';
import type {CoordinatorMessage} from '../schemas/messages/coordinator.js';
import type {LoadOrder} from '../schemas/split-order.js';
import type {Effect} from '../src/kernel/behaviour.js';
import type {Flow, FlowMessage, Flows} from '../src/kernel/flows.js';
import type {Wishes} from '../src/plan/wish.js';
import {askKey} from './answer.js';
import type {DeployContext} from './build-variants.js';
import {findUnfit} from './can-import.js';
import {deploy, isFulfilled} from './deploy.js';
import {expiredEntry, loadedEntry, loseDeployment, movedEntries} from './deployment-journal.js';
import type {DeploymentTask} from './deployment-task.js';
import {drain} from './drain.js';
import {KeptDeployment} from './kept-deployment.js';
import {releaseStages} from './lay-out.js';
import {priorityOf} from './model-priority.js';
import {Orphans} from './orphans.js';
import {Quarantine} from './quarantine.js';
import {type Cluster, wishesFor} from './wishes.js';

export interface DeploymentsOptions {
  /** Name of the executor for PlannerTasks. */
  readonly planner: string;
  /** Name of the executor for DeploymentTasks. */
  readonly deployments: string;
  /** A deployment that no client keeps for longer is released. */
  readonly keepMs: number;
}

/** Timers of the coordinator that holds the deployments. */
export type DeploymentsMessage =
  | {readonly kind: 'expire'}
  /** The cluster has changed: every deployment, or one, is laid out as is best now. */
  | {readonly kind: 'adapt'; readonly deployment: string | null}
  /** To see whether what is retired may go. */
  | {readonly kind: 'tend'}
  /** To see whether devices hold what nobody knows. */
  | {readonly kind: 'sweep'};

type Effects = Effect<DeploymentsMessage | FlowMessage>[];
type Keep = CoordinatorMessage & {readonly kind: 'keep'};

/** Devices that join or leave do so in company. */
const adaptMs = 250;
/** Every device is heard of within this time after a coordinator has begun to listen. */
const settleMs = 5000;
/** What cannot be laid out is tried again after this time, then ever later. */
const retryMsMin = 500;
const retryMsMax = 60_000;
const tendMs = 1000;
const sweepMs = 5000;

/** What the coordinator has deployed: it keeps each deployment what its order wishes for. */
export class Deployments {
  readonly #options: DeploymentsOptions;
  readonly #flows: Flows<DeploymentsMessage>;
  readonly #context: DeployContext;
  readonly #kept = new Map<string, KeptDeployment>();
  readonly #quarantine = new Quarantine();
  /** It leads, and has not yet read what earlier leaders deployed. */
  #mustRecover = false;
  #recovering = false;
  /** Until then, what was there before may be on devices that were not heard of yet. */
  #settlesAt = 0;
  #tending = false;
  #leading = false;
  readonly #orphans = new Orphans();

  /** `devices` are those that are alive now. */
  constructor(
    options: DeploymentsOptions,
    flows: Flows<DeploymentsMessage>,
    devices: () => readonly DeviceDescription[],
  ) {
    this.#options = options;
    this.#flows = flows;
    this.#context = {
      planner: options.planner,
      devices,
      store: task => this.#store(task),
      quarantine: this.#quarantine,
    };
  }

  get all(): readonly KeptDeployment[] {
    return [...this.#kept.values()];
  }

  resume(message: DeploymentsMessage, now: number): Effects {
    switch (message.kind) {
      case 'expire':
        return this.#expire(now);
      case 'adapt':
        return this.#adaptAll(message.deployment, now);
      case 'tend':
        return this.#tend(now);
      case 'sweep':
        return this.#sweep();
    }
  }

  /** The coordinator listens from now on. */
  start(now: number): Effects {
    this.#settlesAt = now + settleMs;
    return [this.expireLater()];
  }

  lead(): Effects {
    this.#mustRecover = true;
    this.#leading = true;
    return [sweepLater(), ...this.#recoverNow(), this.expireLater()];
  }

  #recoverNow(): Effects {
    if (this.#recovering) return [];
    this.#recovering = true;
    return this.#flows.start(this.#recover(), () => {
      this.#recovering = false;
      return this.#kept.size === 0 ? [] : [adaptLater(adaptMs)];
    });
  }

  /** Another one leads, and answers for what was deployed. */
  follow(): void {
    this.#mustRecover = false;
    this.#leading = false;
    this.#orphans.forget();
    for (const kept of this.#kept.values()) kept.released = true;
    this.#kept.clear();
  }

  /** Devices have joined or left; nothing is heard of those that are `absent`. */
  membersChanged(absent: readonly string[], now: number): Effects {
    this.#quarantine.onMembers(this.#context.devices(), absent, now);
    this.#orphans.onMembers(this.#context.devices());
    // What failed without them may be had at once; also where somebody is just failing to lay it out.
    for (const kept of this.#kept.values()) kept.failures = 0;
    return this.#kept.size === 0 ? [] : [adaptLater(adaptMs)];
  }

  hold(device: string, stages: readonly string[]): void {
    this.#orphans.hear(device, stages);
  }

  /** What the devices of the cluster are to an order; to a deployment that is there already. */
  cluster(kept?: KeptDeployment): Cluster {
    const counts = new Map<string, number>();
    for (const device of [...this.#kept.values()].flatMap(({occupied}) => occupied)) {
      counts.set(device, (counts.get(device) ?? 0) + 1);
    }
    const inUse = new Set(kept?.built.flatMap(({devices}) => devices));
    return {
      devices: this.#context.devices(),
      stagesOf: ({name}) => counts.get(name) ?? 0,
      isReserved: ({address}) => kept !== undefined && this.#isReserved(address, kept),
      isInUse: ({address}) => inUse.has(address),
      isUnfit: ({address}) => kept?.unfit.has(address) ?? false,
      isBarred: device => {
        return kept !== undefined && this.#quarantine.reason(kept.contentKey, device) !== undefined;
      },
      lenient: kept?.deployment !== undefined && kept.deployment !== null,
    };
  }

  /** What was loaded for an ask whose answer did not arrive. */
  loadedFor(ask: Ask): Deployment | undefined {
    const key = askKey(ask);
    const kept = [...this.#kept.values()].find(({askedBy, working}) => askedBy === key && !working);
    return kept?.deployment ?? undefined;
  }

  /** Loads what `order` asks for, for the client that asks; `id` names the deployment. */
  *load(id: string, order: LoadOrder, ask: Ask): Flow<Deployment> {
    const kept = new KeptDeployment(id, order);
    kept.askedBy = askKey(ask);
    if ('exported' in order) {
      kept.unfit = yield* findUnfit(order, this.#context.devices());
    }
    const wishes = wishesFor(order.device, order.config, this.cluster(kept));
    kept.intend(wishes);
    kept.keep({address: ask.from, epoch: 0}, Number.POSITIVE_INFINITY);
    this.#kept.set(id, kept);
    kept.working = true;
    try {
      const deployment = yield* this.#deployFirst(kept, wishes);
      kept.keptUntil = undefined;
      return deployment;
    } catch (error) {
      kept.released = true;
      this.#kept.delete(id);
      yield* this.#giveBack(kept.record);
      throw error;
    } finally {
      kept.working = false;
    }
  }

  /** After a load: a helper may serve it, or devices may have joined. */
  loaded(id: string): Effects {
    const kept = this.#kept.get(id);
    return kept === undefined ? [] : [adaptLater(0, id), loadedEntry(kept)];
  }

  *release(id: string): Flow<null> {
    const kept = this.#kept.get(id);
    this.#kept.delete(id);
    if (kept !== undefined) kept.released = true;
    const record = kept?.record ?? (yield* this.#records()).find(each => each.id === id);
    if (record !== undefined) yield* this.#giveBack(record);
    return null;
  }

  /** A client that does not know the latest epoch is told. */
  keep({client: address, deployments}: Keep, now: number): Effects {
    return deployments.flatMap(({id, epoch}) => {
      const kept = this.#kept.get(id);
      if (kept === undefined) return this.#forgotten(id, address);
      kept.keep({address, epoch}, now + this.#options.keepMs);
      return kept.overtake(epoch) ? [adaptLater(0, id)] : kept.announce(address);
    });
  }

  #forgotten(deployment: string, to: string): Effects {
    if (!this.#leading || this.#mustRecover) return [];
    const message: ClientMessage = {kind: 'forgotten', deployment};
    return [{do: 'send', to, message}];
  }

  /** One more of the devices that AUTO uses one at a time is wanted. */
  extend(id: string, epoch: number): Effects {
    const kept = this.#kept.get(id);
    if (kept === undefined || kept.working || kept.deployment?.epoch !== epoch) return [];
    kept.wanted = kept.built.length + 1;
    return this.#adapt(kept);
  }

  expireLater(): Effect<DeploymentsMessage> {
    const delayMs = this.#options.keepMs / 4;
    return {do: 'after', key: 'expire', delayMs, message: {kind: 'expire'}};
  }

  /** With a helper that serves until the device that is wanted is ready. */
  *#deployFirst(kept: KeptDeployment, wishes: Wishes): Flow<Deployment> {
    const {order} = kept;
    const {states} = 'exported' in order ? order.exported : order;
    // A helper would take states of requests with it when it goes.
    const helper = states.length > 0 ? null : wishes.helper;
    if (helper === null) return yield* deploy(kept, wishes, this.#context);
    try {
      return yield* deploy(kept, {...wishes, list: [helper]}, this.#context);
    } catch (error) {
      if (kept.released) throw error;
      return yield* deploy(kept, wishes, this.#context);
    }
  }

  #adaptAll(id: string | null, now: number): Effects {
    const all = id === null ? [...this.#kept.values()] : [this.#kept.get(id)];
    const settlesInMs = this.#settlesAt - now;
    return all.flatMap(kept => {
      if (kept === undefined) return [];
      if (kept.recovered && settlesInMs > 0) return [adaptLater(settlesInMs, kept.id)];
      return this.#adapt(kept);
    });
  }

  /** Lays a deployment out again if the cluster, or what is wanted of it, has changed. */
  #adapt(kept: KeptDeployment): Effects {
    if (kept.working || kept.deployment === null) return [];
    const wishes = this.#wishesNow(kept);
    if (wishes === undefined || isFulfilled(kept, wishes)) return [];
    kept.working = true;
    const before = kept.deployment;
    return this.#flows.start(deploy(kept, wishes, this.#context), outcome => {
      kept.working = false;
      if (kept.released) return [];
      const entries = outcome.ok ? movedEntries(kept, before) : loseDeployment(kept, outcome.error);
      const again = this.#adaptAgain(kept, outcome.ok);
      const news = kept.saved ? kept.announce() : this.#saveAndAnnounce(kept);
      return [...entries, ...news, ...again, ...this.#tendLater()];
    });
  }

  #saveAndAnnounce(kept: KeptDeployment): Effects {
    const {deployment, record} = kept;
    return this.#flows.start(this.#store({kind: 'save', record}), outcome => {
      if (!outcome.ok || kept.released) return [];
      kept.saved = kept.deployment === deployment;
      return kept.announce();
    });
  }

  #adaptAgain(kept: KeptDeployment, changed: boolean): Effects {
    const wishes = this.#wishesNow(kept);
    if (changed && wishes !== undefined && isFulfilled(kept, wishes)) {
      kept.failures = 0;
      return [];
    }
    const delayMs = Math.min(retryMsMin * 2 ** kept.failures++, retryMsMax);
    return [adaptLater(delayMs, kept.id)];
  }

  #wishesNow(kept: KeptDeployment): Wishes | undefined {
    try {
      return wishesFor(kept.order.device, kept.order.config, this.cluster(kept));
    } catch {
      // AUTO without any device: there is nothing to wish for until one joins.
      return undefined;
    }
  }

  #isReserved(device: string, {id, order}: KeptDeployment): boolean {
    const priority = priorityOf(order);
    return [...this.#kept.values()].some(other => {
      if (other.id === id || priorityOf(other.order) <= priority) return false;
      return other.built.some(({devices}) => devices.includes(device));
    });
  }

  *#giveBack({id, replicas}: DeploymentRecord): Flow<void> {
    yield* releaseStages(replicas, this.#context.devices());
    try {
      yield* this.#store({kind: 'delete', id});
    } catch {
      // Whoever leads next finds the record and gives back again what is there no more.
    }
  }

  /** Takes over what earlier leaders deployed; clients that are alive keep it from expiring. */
  *#recover(): Flow<void> {
    const records = yield* this.#records();
    this.#mustRecover = false;
    for (const record of records) {
      if (this.#kept.has(record.id)) continue;
      this.#kept.set(record.id, new KeptDeployment(record.id, record.order, record));
    }
  }

  *#records(): Flow<readonly DeploymentRecord[]> {
    return (yield* this.#store({kind: 'list'})) as readonly DeploymentRecord[];
  }

  *#store(task: DeploymentTask): Flow<unknown> {
    return yield {wait: 'run', executor: this.#options.deployments, task};
  }

  /** The clients of these deployments are gone: what they hold on devices is given back. */
  #expire(now: number): Effects {
    for (const kept of this.#kept.values()) kept.forgetSilent(now);
    const expired = [...this.#kept].filter(([, kept]) => {
      kept.keptUntil ??= now + this.#options.keepMs;
      return kept.keptUntil <= now;
    });
    const releases = expired.flatMap(([id]) => this.#flows.start(this.release(id), () => []));
    const entries = expired.map(([, kept]) => expiredEntry(kept));
    return [...entries, ...releases, ...this.#tendLater(), this.expireLater()];
  }

  #tend(now: number): Effects {
    this.#tending = false;
    const drains = [...this.#kept.values()].flatMap(kept =>
      kept.retired.flatMap(retired => {
        if (!kept.mayGo(retired, now)) return [];
        return this.#flows.start(drain(kept, {retired, now}, this.#context), () => []);
      }),
    );
    return [...drains, ...this.#tendLater()];
  }

  #sweep(): Effects {
    if (!this.#leading) return [];
    if (this.#mustRecover) return [...this.#recoverNow(), sweepLater()];
    const devices = this.#context.devices();
    const replicas = [...this.#kept.values()].flatMap(kept => kept.replicas);
    const known = new Set(replicas.map(({address}) => address));
    const orphans = this.#orphans.look(devices, known);
    if (orphans.length === 0) return [sweepLater()];
    return [...this.#flows.start(releaseStages(orphans, devices), () => []), sweepLater()];
  }

  #tendLater(): Effects {
    if (this.#tending || ![...this.#kept.values()].some(kept => kept.retired.length > 0)) return [];
    this.#tending = true;
    return [{do: 'after', key: 'tend', delayMs: tendMs, message: {kind: 'tend'}}];
  }
}

function adaptLater(delayMs: number, id: string | null = null): Effect<DeploymentsMessage> {
  const message = {kind: 'adapt', deployment: id} as const;
  return {do: 'after', key: `adapt-${id ?? 'all'}`, delayMs, message};
}

function sweepLater(): Effect<DeploymentsMessage> {
  return {do: 'after', key: 'sweep', delayMs: sweepMs, message: {kind: 'sweep'}};
}

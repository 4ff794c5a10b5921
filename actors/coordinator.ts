import {stageAddress} from '../schemas/addresses.js';
import {type Deployment, type DeploymentRecord, recordOf} from '../schemas/deployment.js';
import type {DeviceDescription} from '../schemas/device.js';
import {type Ask, type Reply, replySchema} from '../schemas/messages/ask.js';
import {
  type CoordinatorMessage,
  coordinatorMessageSchema,
  type PlanResult,
  type SplitOrder,
} from '../schemas/messages/coordinator.js';
import type {LoadAnswer} from '../schemas/messages/device.js';
import {InferenceError, unreachable} from '../src/errors.js';
import type {Behaviour, Delivery, Effect} from '../src/kernel/behaviour.js';
import {type Flow, type FlowMessage, Flows} from '../src/kernel/flows.js';
import {messageParser} from '../src/kernel/parse-message.js';
import type {Random} from '../src/ports/random.js';
import {refused, succeeded} from './answer.js';
import type {DeploymentTask} from './deployment-task.js';
import {loadStages, prepareStages, releaseStages, withAnswers} from './lay-out.js';
import {type Cluster, layOut, queryCandidates, queryResult} from './split.js';

export interface CoordinatorOptions {
  readonly address: string;
  /** Name of the executor for PlannerTasks. */
  readonly planner: string;
  /** Name of the executor for DeploymentTasks. */
  readonly deployments: string;
  readonly random: Random;
  /** A deployment that no client keeps for longer is released. */
  readonly keepMs: number;
  /** Orders worked on at once; one more is refused with QUEUE_FULL. */
  readonly ordersMax: number;
}

interface Kept {
  readonly record: DeploymentRecord;
  /** Undefined until the first look after loading, which may have taken longer than `keepMs`. */
  keptUntil: number | undefined;
}

type Private =
  | FlowMessage
  | {readonly kind: 'expire'}
  /** From the host: this coordinator leads from now on. */
  | {readonly kind: 'lead'}
  /** From the host: another one leads, and answers for what was deployed. */
  | {readonly kind: 'follow'};
type Effects = Effect<Private>[];

/**
 * Turns orders into deployments: inspects the network, asks the devices, splits, loads the stages.
 * It is not on the path of a request.
 */
export class Coordinator implements Behaviour<CoordinatorMessage | Reply, Private> {
  readonly parse = messageParser(coordinatorMessageSchema.or(replySchema), 'coordinator');
  readonly #options: CoordinatorOptions;
  readonly #flows: Flows;
  readonly #deployments = new Map<string, Kept>();
  #devices: readonly DeviceDescription[] = [];
  /** It leads, and has not yet read what earlier leaders deployed. */
  #mustRecover = false;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#flows = new Flows(options.address);
  }

  start(): Effects {
    return [this.#expireLater()];
  }

  receive({message}: Delivery<CoordinatorMessage | Reply>, now: number): Effects {
    switch (message.kind) {
      case 'members':
        return this.#onMembers(message.devices);
      case 'devices':
        return [succeeded(message.ask, this.#devices)];
      case 'query':
        return this.#work(message.ask, this.#query(message.order));
      case 'plan':
        return this.#work(message.ask, this.#plan(message.order));
      case 'load':
        return this.#work(message.ask, this.#load(message.order));
      case 'release':
        return this.#work(message.ask, this.#release(message.deployment));
      case 'keep':
        return this.#keep(message.deployments, now);
      case 'reply':
        return this.#flows.onReply(message);
      default:
        return unreachable(message);
    }
  }

  resume(message: Private, now: number): Effects {
    switch (message.kind) {
      case 'expire':
        return this.#expire(now);
      case 'lead':
        this.#mustRecover = true;
        return this.#flows.start(this.#recover(), () => []);
      case 'follow':
        this.#mustRecover = false;
        this.#deployments.clear();
        return [];
      default:
        return this.#flows.resume(message);
    }
  }

  lost(token: string): Effects {
    return this.#flows.onLost(token);
  }

  unsent(token: string, error: InferenceError): Effects {
    return this.#flows.onLost(token, error);
  }

  /** Clients turn to the coordinator that leads next. */
  stopped(): Effects {
    return this.#flows.abandon(new InferenceError('NO_COORDINATOR', 'the coordinator is closing'));
  }

  /** Devices that have left will not answer what they were asked. */
  #onMembers(devices: readonly DeviceDescription[]): Effects {
    const gone = new Set(this.#devices.map(({address}) => address));
    for (const {address} of devices) gone.delete(address);
    this.#devices = devices;
    return this.#flows.onGone(gone);
  }

  #work<T>(ask: Ask, flow: Flow<T>): Effects {
    const {ordersMax} = this.#options;
    if (this.#flows.size >= ordersMax) {
      const text = `the coordinator works on ${ordersMax} orders already`;
      return [refused(ask, new InferenceError('QUEUE_FULL', text))];
    }
    return this.#flows.start(flow, outcome => [
      outcome.ok ? succeeded(ask, outcome.value) : refused(ask, outcome.error),
    ]);
  }

  *#query(order: SplitOrder): Flow<ReturnType<typeof queryResult>> {
    return queryResult(yield* queryCandidates(order, this.#cluster()));
  }

  *#plan(order: SplitOrder): Flow<PlanResult> {
    const split = layOut(yield* queryCandidates(order, this.#cluster()));
    const {affinity, reasons} = split.assignment;
    const entries = [...affinity].map(([operation, device]) => {
      return [operation, {device, why: reasons.get(operation) ?? ''}] as const;
    });
    return {
      network: split.inspection.graph.name,
      stageGraph: split.stageGraph,
      affinity: Object.fromEntries(entries),
    };
  }

  /** Recorded before it is loaded: whoever leads next finds what a crash has left on devices. */
  *#load(order: SplitOrder): Flow<Deployment> {
    const split = layOut(yield* queryCandidates(order, this.#cluster()));
    const id = this.#options.random.id();
    const at = {epoch: 0, replica: 0};
    const {deployment, orders} = yield* prepareStages(split, {
      id,
      planner: this.#options.planner,
      addressOf: stage => stageAddress(id, {...at, stage}),
    });
    const record = recordOf(deployment);
    yield* this.#store({kind: 'save', record});
    let answers: ReadonlyMap<string, LoadAnswer>;
    try {
      answers = yield* loadStages(split, orders);
    } catch (error) {
      const devices = split.chosen.map(({device}) => device);
      yield* this.#giveBack(record, devices);
      throw error;
    }
    this.#deployments.set(id, {record, keptUntil: undefined});
    return withAnswers(deployment, answers);
  }

  *#release(id: string): Flow<null> {
    const kept = this.#deployments.get(id)?.record;
    this.#deployments.delete(id);
    const record = kept ?? (yield* this.#records()).find(each => each.id === id);
    if (record !== undefined) yield* this.#giveBack(record, this.#devices);
    return null;
  }

  *#giveBack(record: DeploymentRecord, devices: readonly DeviceDescription[]): Flow<void> {
    yield* releaseStages(record, devices);
    try {
      yield* this.#store({kind: 'delete', id: record.id});
    } catch {
      // Whoever leads next finds the record and gives back again what is there no more.
    }
  }

  /** Takes over what earlier leaders deployed; clients that are alive keep it from expiring. */
  *#recover(): Flow<void> {
    const records = yield* this.#records();
    this.#mustRecover = false;
    for (const record of records) {
      if (this.#deployments.has(record.id)) continue;
      this.#deployments.set(record.id, {record, keptUntil: undefined});
    }
  }

  *#records(): Flow<readonly DeploymentRecord[]> {
    return (yield* this.#store({kind: 'list'})) as readonly DeploymentRecord[];
  }

  *#store(task: DeploymentTask): Flow<unknown> {
    return yield {wait: 'run', executor: this.#options.deployments, task};
  }

  #keep(ids: readonly string[], now: number): Effects {
    for (const id of ids) {
      const kept = this.#deployments.get(id);
      if (kept !== undefined) kept.keptUntil = now + this.#options.keepMs;
    }
    return [];
  }

  /** The clients of these deployments are gone: what they hold on devices is given back. */
  #expire(now: number): Effects {
    const expired = [...this.#deployments].filter(([, kept]) => {
      kept.keptUntil ??= now + this.#options.keepMs;
      return kept.keptUntil <= now;
    });
    const releases = expired.flatMap(([id]) => this.#flows.start(this.#release(id), () => []));
    const recovery = this.#mustRecover ? this.#flows.start(this.#recover(), () => []) : [];
    return [...releases, ...recovery, this.#expireLater()];
  }

  #expireLater(): Effect<Private> {
    const delayMs = this.#options.keepMs / 4;
    return {do: 'after', key: 'expire', delayMs, message: {kind: 'expire'}};
  }

  #cluster(): Cluster {
    const counts = new Map<string, number>();
    const replicas = [...this.#deployments.values()].flatMap(({record}) => record.replicas);
    for (const {device} of replicas) counts.set(device, (counts.get(device) ?? 0) + 1);
    return {
      planner: this.#options.planner,
      devices: this.#devices,
      stagesOf: ({name}) => counts.get(name) ?? 0,
    };
  }
}

import type {AbsentDevice, ClusterStatus} from '../schemas/cluster-status.js';
import type {DeviceDescription} from '../schemas/device.js';
import {type Ask, type Reply, replySchema} from '../schemas/messages/ask.js';
import {
  type CoordinatorMessage,
  coordinatorMessageSchema,
  type PlanResult,
  type QueryResult,
} from '../schemas/messages/coordinator.js';
import type {ImportOrder, LoadOrder, SplitOrder} from '../schemas/split-order.js';
import {InferenceError, queueFull, unreachable} from '../src/errors.js';
import type {Behaviour, Delivery, Effect, LogEffect} from '../src/kernel/behaviour.js';
import {type Flow, type FlowMessage, Flows} from '../src/kernel/flows.js';
import {messageParser} from '../src/kernel/parse-message.js';
import {checkExported} from '../src/plan/check-exported.js';
import type {Metric} from '../src/ports/metrics.js';
import type {Random} from '../src/ports/random.js';
import {askKey, refused, succeeded} from './answer.js';
import {deploymentMetrics} from './deployment-metrics.js';
import {deploymentStatus} from './deployment-status.js';
import {Deployments, type DeploymentsMessage, type DeploymentsOptions} from './deployments.js';
import {exportStages} from './export-stages.js';
import {planResult, type Queried, queryResult, queryWishes} from './split.js';
import {wishesFor} from './wishes.js';

export interface CoordinatorOptions extends DeploymentsOptions {
  readonly address: string;
  readonly random: Random;
  /** Orders worked on at once; one more is refused with QUEUE_FULL. */
  readonly ordersMax: number;
}

type Private =
  | FlowMessage
  | DeploymentsMessage
  /** From the host: this coordinator leads from now on, until then if it hears nothing else. */
  | {readonly kind: 'lead'; readonly until: number}
  /** From the host: its lease holds until then. */
  | {readonly kind: 'renewed'; readonly until: number}
  /** From the host: another one leads, and answers for what was deployed. */
  | {readonly kind: 'follow'};
type Effects = Effect<Private>[];
/** An order that is answered. */
type Asked = Extract<CoordinatorMessage, {readonly ask: Ask}>;
/** What follows on a load. */
type Loaded = ReturnType<Deployments['loaded']>;

/** An order takes about a second, from inspecting a network to loading it. */
const orderRetryMs = 1000;

/**
 * Turns orders into deployments: inspects the network, asks the devices, splits, loads the stages.
 * It is not on the path of a request.
 */
export class Coordinator implements Behaviour<CoordinatorMessage | Reply, Private> {
  readonly parse = messageParser(coordinatorMessageSchema.or(replySchema), 'coordinator');
  readonly #options: CoordinatorOptions;
  readonly #flows: Flows<DeploymentsMessage>;
  readonly #deployments: Deployments;
  /** Asks that it works on: their repeats need no answer of their own. */
  readonly #answering = new Set<string>();
  #leadsUntil = Number.POSITIVE_INFINITY;
  /** Its lease was over before its host has told it so: it does nothing until that does. */
  #overdue = false;
  #devices: readonly DeviceDescription[] = [];
  #absent: readonly AbsentDevice[] = [];

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#flows = new Flows(options.address);
    this.#deployments = new Deployments(options, this.#flows, () => this.#devices);
  }

  start(now: number): Effects {
    return this.#deployments.start(now);
  }

  receive({message}: Delivery<CoordinatorMessage | Reply>, now: number): Effects {
    const ended = this.#endLead(now);
    if (!this.#overdue || !('ask' in message)) return [...ended, ...this.#hear(message, now)];
    const error = new InferenceError('NO_COORDINATOR', 'its lease is over');
    return [...ended, refused(message.ask, error)];
  }

  #hear(message: CoordinatorMessage | Reply, now: number): Effects {
    switch (message.kind) {
      case 'members':
        this.#absent = message.absent;
        return this.#onMembers(message.devices, now);
      case 'holds':
        this.#deployments.hold(message.device, message.stages);
        return [];
      case 'devices':
        return [succeeded(message.ask, this.#devices)];
      case 'status':
        return [succeeded(message.ask, this.#status())];
      case 'query':
        return this.#work(message, this.#query(message.order));
      case 'plan':
        return this.#work(message, this.#plan(message.order));
      case 'load':
        return this.#load(message, message.order);
      case 'import':
        return this.#import(message, message.order);
      case 'export':
        return this.#work(message, exportStages(message.stages, this.#devices));
      case 'release':
        return this.#release(message, message.deployment);
      case 'keep':
        return this.#deployments.keep(message, now);
      case 'extend':
        return this.#deployments.extend(message.deployment, message.epoch);
      case 'reply':
        return this.#flows.onReply(message);
      default:
        return unreachable(message);
    }
  }

  resume(message: Private, now: number): Effects {
    return [...this.#endLead(now), ...this.#resume(message, now)];
  }

  #resume(message: Private, now: number): Effects {
    switch (message.kind) {
      case 'lead':
        this.#leadsUntil = message.until;
        this.#overdue = false;
        return this.#deployments.lead();
      case 'renewed':
        this.#leadsUntil = message.until;
        // Nobody else has led meanwhile, or there would be nothing to renew.
        return this.#overdue ? this.#resume({...message, kind: 'lead'}, now) : [];
      case 'follow':
        this.#leadsUntil = Number.POSITIVE_INFINITY;
        this.#overdue = false;
        return this.#follow();
      case 'expire':
      case 'adapt':
      case 'tend':
      case 'sweep':
        return this.#deployments.resume(message, now);
      default:
        return this.#flows.resume(message);
    }
  }

  lost(token: string, now: number): Effects {
    return [...this.#endLead(now), ...this.#flows.onLost(token)];
  }

  unsent(token: string, error: InferenceError, now: number): Effects {
    return [...this.#endLead(now), ...this.#flows.onLost(token, error)];
  }

  /**
   * Messages may come before the timer that ends the lead: the process was suspended, or its host. Then
   * another one leads by now, and nothing may be done in its place.
   */
  #endLead(now: number): Effects {
    if (now < this.#leadsUntil || this.#overdue) return [];
    this.#overdue = true;
    return this.#follow();
  }

  #follow(): Effects {
    this.#deployments.follow();
    return this.#flows.abandon(new InferenceError('NO_COORDINATOR', 'another one leads now'));
  }

  /** Clients turn to the coordinator that leads next. */
  stopped(): Effects {
    return this.#flows.abandon(new InferenceError('NO_COORDINATOR', 'the coordinator is closing'));
  }

  metrics(): readonly Metric[] {
    const orders: Metric = {
      type: 'gauge',
      name: 'heterodyne_orders',
      help: 'Orders that the coordinator works on.',
      samples: [{labels: {}, value: this.#flows.size}],
    };
    return [orders, ...deploymentMetrics(this.#deployments.all)];
  }

  /** Devices that have left will not answer what they were asked. */
  #onMembers(devices: readonly DeviceDescription[], now: number): Effects {
    const gone = new Set(this.#devices.map(({address}) => address));
    for (const {address} of devices) gone.delete(address);
    this.#devices = devices;
    const absent = this.#absent.map(({name}) => name);
    return [...this.#flows.onGone(gone), ...this.#deployments.membersChanged(absent, now)];
  }

  #status(): ClusterStatus {
    const alive = this.#devices.map(({name, restarts}) => {
      return {name, state: 'alive', why: null, restarts} as const;
    });
    const absent = this.#absent.map(device => ({...device, restarts: null}));
    return {
      devices: [...alive, ...absent],
      deployments: this.#deployments.all.map(deploymentStatus),
    };
  }

  #work<T>(order: Asked, flow: Flow<T>, then: () => Loaded = () => []): Effects {
    const {ask} = order;
    const key = askKey(ask);
    if (this.#answering.has(key)) return [];
    const {ordersMax} = this.#options;
    if (this.#flows.size >= ordersMax) {
      const text = `the coordinator works on ${ordersMax} orders already`;
      return [refused(ask, queueFull(text, orderRetryMs))];
    }
    this.#answering.add(key);
    return this.#flows.start(flow, outcome => {
      this.#answering.delete(key);
      if (outcome.ok) return [succeeded(ask, outcome.value), ...then()];
      return [refused(ask, outcome.error), failedEntry(order, outcome.error), ...then()];
    });
  }

  #release(asked: Asked, deployment: string): Effects {
    const {from: client} = asked.ask;
    return this.#work(asked, this.#deployments.release(deployment), () => {
      const fields = {deployment, client};
      return [{do: 'log', level: 'info', message: 'a network is released', fields}];
    });
  }

  #import(asked: Asked, order: ImportOrder): Effects {
    try {
      checkExported(order.exported);
    } catch (error) {
      return [refused(asked.ask, InferenceError.from(error))];
    }
    return this.#load(asked, order);
  }

  #load(asked: Asked, order: LoadOrder): Effects {
    const {ask} = asked;
    const loaded = this.#deployments.loadedFor(ask);
    if (loaded !== undefined) return [succeeded(ask, loaded)];
    const id = this.#options.random.id();
    const flow = this.#deployments.load(id, order, ask);
    return this.#work(asked, flow, () => this.#deployments.loaded(id));
  }

  *#query(order: SplitOrder): Flow<QueryResult> {
    return queryResult(yield* this.#ask(order));
  }

  *#plan(order: SplitOrder): Flow<PlanResult> {
    return planResult(yield* this.#ask(order));
  }

  *#ask({device, config, ...order}: SplitOrder): Flow<readonly Queried[]> {
    const {list} = wishesFor(device, config, this.#deployments.cluster());
    return yield* queryWishes({device, config, ...order}, list, this.#options.planner);
  }
}

function failedEntry({kind: order, ask}: Asked, thrown: unknown): LogEffect {
  const {code, message: reason} = InferenceError.from(thrown);
  const fields = {order, client: ask.from, code, reason};
  return {do: 'log', level: 'warn', message: 'an order failed', fields};
}

import {registryAddress, stagePlace} from '../schemas/addresses.js';
import type {ConfigMap} from '../schemas/config.js';
import type {DeviceDescription} from '../schemas/device.js';
import {type Ask, type Reply, replySchema} from '../schemas/messages/ask.js';
import {
  type DeviceMessage,
  deviceMessageSchema,
  type LoadAnswer,
  type StageOrder,
} from '../schemas/messages/device.js';
import type {RegistryMessage} from '../schemas/messages/registry.js';
import type {StageRole} from '../schemas/stage-graph.js';
import {InferenceError, queueFull, unreachable} from '../src/errors.js';
import type {AskTimeout} from '../src/kernel/asks.js';
import type {Behaviour, Delivery, Effect, LogEffect, Outcome} from '../src/kernel/behaviour.js';
import {messageParser} from '../src/kernel/parse-message.js';
import {RecentKeys} from '../src/kernel/recent-keys.js';
import {askKey, refused, succeeded} from './answer.js';
import {Departure} from './departure.js';
import {execute} from './execute.js';
import type {LoadedStage, PluginTask, StageExport} from './plugin-task.js';
import {postprocess} from './postprocess.js';
import {preprocess} from './preprocess.js';
import type {StageReplica} from './stage-replica.js';
import type {StageSetting} from './stage-setting.js';

export interface DeviceOptions {
  readonly description: DeviceDescription;
  /** Name of the executor that does the plugin's work: queries, loads, releases. */
  readonly plugin: string;
  readonly heartbeatMs: number;
  readonly leaseMs: number;
  /** Stages that may be loaded at once. */
  readonly stagesMax: number;
  /** A device that is leaving and has had no work for so long may end. */
  readonly idleMs: number;
  /** A device that is leaving ends after this time, whatever it does. */
  readonly leaveMsMax: number;
  /** Its process makes spans. Default: false. */
  readonly traces?: boolean | undefined;
}

/** What the device tells its host: nobody needs it any more. */
export interface DeviceEvent {
  readonly kind: 'left';
}

type Private =
  | {readonly kind: 'heartbeat'}
  | AskTimeout
  /** From the host: it is to end, once others have its work. */
  | {readonly kind: 'leave'}
  | {readonly kind: 'look'}
  /** The plugin's answer is the asker's. */
  | {readonly kind: 'answered'; readonly ask: Ask; readonly outcome: Outcome}
  | {
      readonly kind: 'loaded';
      readonly ask: Ask;
      readonly order: StageOrder;
      readonly outcome: Outcome;
    }
  /** `ask` null: nobody asked, what was loaded had been given up meanwhile. */
  | {readonly kind: 'released'; readonly ask: Ask | null; readonly outcome: Outcome};

type Effects = Effect<Private>[];

/** A stage that is loaded, or being loaded. */
interface HeldStage {
  /** The ask that it is loaded for, whose repeats have the same answer. */
  readonly askedBy: string;
  state: 'loading' | 'loaded' | 'abandoned';
  answer: LoadAnswer | undefined;
}

/** Addresses of stages remembered after their end, so that an order that comes late loads none again. */
const endedMax = 4096;

const actorOf: Readonly<Record<StageRole, (setting: StageSetting) => StageReplica>> = {
  preprocess,
  execute,
  postprocess,
};

/** Stages end when their users wish. */
const stageRetryMs = 1000;
/** What its plugin works on at once, besides stages that are loaded; one more is refused. */
const asksMax = 1024;
/** Nothing of it is measured. */
const askRetryMs = 1000;

/**
 * One device of one plugin: answers what it can run, loads stages and starts their actors, and tells
 * the registries that it is alive.
 */
export class Device implements Behaviour<DeviceMessage | Reply, Private> {
  readonly parse = messageParser(deviceMessageSchema.or(replySchema), 'device');
  readonly #options: DeviceOptions;
  readonly #departure: Departure;
  /** By address. */
  readonly #stages = new Map<string, HeldStage>();
  readonly #ended = new RecentKeys(endedMax);
  /** Asks that its plugin works on: their repeats need no answer of their own. */
  readonly #answering = new Set<string>();

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.#departure = new Departure(options);
  }

  start(): Effects {
    return this.#heartbeat();
  }

  receive({message}: Delivery<DeviceMessage | Reply>, now: number): Effects {
    switch (message.kind) {
      case 'reply':
        return this.#departure.onReply(message, now);
      case 'properties':
        return this.#pass(message.ask, {kind: 'properties', device: this.#options.description});
      case 'measure':
        return this.#pass(message.ask, {kind: 'measure', config: this.#configured({})});
      case 'query': {
        const {ask, network, config} = message;
        return this.#pass(ask, {kind: 'query', network, config: this.#configured(config)});
      }
      case 'load':
        return this.#onLoad(message.ask, message.stage);
      case 'unload':
        return this.#onUnload(message.ask, message.address);
      case 'export':
        return this.#export(message.ask, message.address);
      case 'canImport': {
        const {ask, requirements} = message;
        return this.#pass(ask, {kind: 'canImport', requirements});
      }
      default:
        return unreachable(message);
    }
  }

  resume(message: Private, now: number): Effects {
    switch (message.kind) {
      case 'leave':
        return this.#leave(now);
      case 'look':
        return this.#departure.look(this.#stages.keys(), now);
      case 'askTimeout':
        return this.#departure.onTimeout(message, now);
      case 'heartbeat':
        return this.#heartbeat();
      case 'answered':
        this.#answering.delete(askKey(message.ask));
        return [this.#answer(message.ask, message.outcome)];
      case 'released':
        return message.ask === null ? [] : [this.#answer(message.ask, message.outcome)];
      case 'loaded':
        return this.#onLoaded(message.ask, message.order, message.outcome);
      default:
        return unreachable(message);
    }
  }

  stopped(): Effects {
    const goodbye: RegistryMessage = {kind: 'goodbye', address: this.#options.description.address};
    const stops = [...this.#stages.keys()].map((address): Effect => ({do: 'stop', address}));
    return [...stops, {do: 'send', to: registryAddress, message: goodbye}];
  }

  lost(token: string, now: number): Effects {
    return this.#departure.onLost(token, now);
  }

  /** Others take over its work; what is under way here ends here. */
  #leave(now: number): Effects {
    const goodbye: RegistryMessage = {kind: 'goodbye', address: this.#options.description.address};
    return [
      {do: 'cancelTimer', key: 'heartbeat'},
      {do: 'send', to: registryAddress, message: goodbye},
      ...this.#departure.begin(this.#stages.keys(), now),
    ];
  }

  #heartbeat(): Effects {
    const {description, heartbeatMs, leaseMs} = this.#options;
    const stages = [...this.#stages.keys()];
    const message: RegistryMessage = {kind: 'heartbeat', device: description, leaseMs, stages};
    return [
      {do: 'send', to: registryAddress, message},
      {do: 'after', key: 'heartbeat', delayMs: heartbeatMs, message: {kind: 'heartbeat'}},
    ];
  }

  #onLoad(ask: Ask, order: StageOrder): Effects {
    if (this.#departure.hasBegun) {
      return [refused(ask, new InferenceError('DEVICE_LOST', 'the device is leaving'))];
    }
    const {address, network, compiled} = order;
    const held = this.#stages.get(address);
    if (held !== undefined) return this.#onLoadAgain(ask, address, held);
    if (this.#ended.has(address)) {
      return [refused(ask, new InferenceError('RELEASED', `${address} was released already`))];
    }
    const {stagesMax} = this.#options;
    if (this.#stages.size >= stagesMax) {
      return [refused(ask, queueFull(`holds ${stagesMax} stages already`, stageRetryMs))];
    }
    this.#stages.set(address, {askedBy: askKey(ask), state: 'loading', answer: undefined});
    const config = this.#configured(order.config);
    const {fullName} = this.#options.description;
    const task: PluginTask = {
      kind: 'load',
      ...{address, network, compiled, config, batch: order.batch, fullName},
      overridable: order.overridable.map(({name}) => name),
    };
    return [this.#plugin(task, outcome => ({kind: 'loaded', ask, order, outcome}))];
  }

  #onLoadAgain(ask: Ask, address: string, {askedBy, answer}: HeldStage): Effects {
    if (askedBy === askKey(ask)) return answer === undefined ? [] : [succeeded(ask, answer)];
    return [refused(ask, new InferenceError('BUSY', `${address} is loaded already`))];
  }

  #onLoaded(ask: Ask, order: StageOrder, outcome: Outcome): Effects {
    const {address} = order;
    const held = this.#stages.get(address);
    if (!outcome.ok || held === undefined || held.state === 'abandoned') {
      this.#stages.delete(address);
      const error = outcome.ok
        ? new InferenceError('RELEASED', `${order.name} was released while it was loaded`)
        : outcome.error;
      const placed = InferenceError.from(error).at(this.#place(order));
      const answers = [refused(ask, placed), this.#notLoaded(order, placed)];
      return outcome.ok ? [...answers, this.#release(null, address)] : answers;
    }
    const {slots, queuedMax, origin} = outcome.value as LoadedStage;
    const {description, traces} = this.#options;
    const setting = {order, device: description.name, slots, queuedMax, traces};
    const behaviour = actorOf[order.role](setting);
    const answer: LoadAnswer = {slots, origin};
    held.state = 'loaded';
    held.answer = answer;
    const fields = {...this.#fields(order), origin, slots};
    return [
      {do: 'spawn', address, behaviour},
      succeeded(ask, answer),
      {do: 'log', level: 'info', message: 'a stage is loaded', fields},
    ];
  }

  #notLoaded(order: StageOrder, {code, message: reason}: InferenceError): LogEffect {
    const fields = {...this.#fields(order), code, reason};
    return {do: 'log', level: 'warn', message: 'a stage is not loaded', fields};
  }

  #fields({address, name: stage}: StageOrder): LogEffect['fields'] {
    return {...stagePlace(address), stage, device: this.#options.description.name};
  }

  #onUnload(ask: Ask, address: string): Effects {
    this.#ended.add(address);
    const held = this.#stages.get(address);
    if (held === undefined) return [succeeded(ask, null)];
    if (held.state !== 'loaded') {
      held.state = 'abandoned';
      return [succeeded(ask, null)];
    }
    this.#stages.delete(address);
    return [{do: 'stop', address}, this.#release(ask, address)];
  }

  #export(ask: Ask, address: string): Effects {
    if (this.#stages.get(address)?.state !== 'loaded') {
      const error = new InferenceError('RELEASED', `${address} is not loaded`);
      return [refused(ask, error.at(this.#place()))];
    }
    const {kind, plugin, pluginVersion} = this.#options.description;
    const whole = (value: unknown) => ({kind, plugin, pluginVersion, ...(value as StageExport)});
    return this.#pass(ask, {kind: 'export', address}, whole);
  }

  #release(ask: Ask | null, address: string): Effect<Private> {
    return this.#plugin({kind: 'release', address}, outcome => ({kind: 'released', ask, outcome}));
  }

  /** Its plugin may have several devices, and knows by this which one is meant. */
  #configured(config: ConfigMap): ConfigMap {
    const {id} = this.#options.description;
    return id === '' ? config : {...config, DEVICE_ID: id};
  }

  /** `answerOf`: what the asker gets where the plugin gives a value. */
  #pass(ask: Ask, task: PluginTask, answerOf = (value: unknown) => value): Effects {
    if (this.#answering.has(askKey(ask))) return [];
    if (this.#answering.size >= asksMax) {
      return [refused(ask, queueFull(`works on ${asksMax} asks already`, askRetryMs))];
    }
    this.#answering.add(askKey(ask));
    const settled = (outcome: Outcome): Private => {
      const answer = outcome.ok ? ({ok: true, value: answerOf(outcome.value)} as const) : outcome;
      return {kind: 'answered', ask, outcome: answer};
    };
    return [this.#plugin(task, settled)];
  }

  #plugin(task: PluginTask, settled: (outcome: Outcome) => Private): Effect<Private> {
    return {do: 'run', executor: this.#options.plugin, task, settled};
  }

  #answer(ask: Ask, outcome: Outcome): Effect<Private> {
    if (outcome.ok) return succeeded(ask, outcome.value);
    return refused(ask, InferenceError.from(outcome.error).at(this.#place()));
  }

  #place(order?: StageOrder): {readonly device: string; readonly stage?: string} {
    const device = this.#options.description.name;
    return order === undefined ? {device} : {device, stage: order.name};
  }
}

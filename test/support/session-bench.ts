import type {ClientEvent} from '../../actors/client-event.js';
import type {ClientOrder} from '../../actors/client-order.js';
import type {SubmittedState} from '../../actors/client-request.js';
import {ClientSession, type ClientSessionOptions} from '../../actors/client-session.js';
import type {Deployment} from '../../schemas/deployment.js';
import type {Infer, StageMessage} from '../../schemas/messages/stage.js';
import type {StageCounters} from '../../schemas/performance-counters.js';
import type {Priority} from '../../schemas/priority.js';
import type {TensorData} from '../../schemas/tensor.js';
import type {TraceContext} from '../../schemas/trace-context.js';
import {type ErrorCode, type ErrorPlace, InferenceError} from '../../src/errors.js';
import type {SendEffect} from '../../src/kernel/behaviour.js';
import {BareActor} from './bare-actor.js';
import {SeededRandom} from './seeded-random.js';
import {vector} from './stage-bench.js';

/** An event that ends a request or an ask. */
export type ClientEnd = Exclude<ClientEvent, {readonly kind: 'changed'}>;

/** A frame of an attempt, on its way to a stage. */
export interface SentInfer extends SendEffect {
  readonly message: Infer;
}

/** A client session, and shorthands for what its user, its stages and its network do. */
export class SessionBench extends BareActor<unknown, unknown> {
  #submitted = 0;

  constructor(options: Partial<ClientSessionOptions> = {}) {
    const settings = {
      inFlightMax: 4,
      queuedMax: 8,
      keepMs: 15_000,
      graceMs: 3000,
      lostGraceMs: 3000,
    };
    const session = new ClientSession({
      address: 'client.me',
      ...settings,
      random: new SeededRandom(1),
      ...options,
    });
    super(session);
  }

  order(order: ClientOrder): void {
    this.tell(order);
  }

  /** The new request's id. */
  submit(
    deployment: Deployment,
    options: {
      readonly timeoutMs?: number;
      readonly profile?: boolean;
      readonly priority?: Priority;
      readonly inputs?: Readonly<Record<string, TensorData>>;
      readonly state?: SubmittedState;
      readonly trace?: TraceContext;
    } = {},
  ): number {
    const {timeoutMs = 60_000, profile = false, inputs = {x: vector(1)}} = options;
    const {priority, state, trace} = options;
    const request = this.#submitted++;
    const tensors = new Map(Object.entries(inputs));
    const wishes = {...(priority && {priority}), ...(state && {state}), ...(trace && {trace})};
    const submission = {request, deployment, tensors, timeoutMs, profile, ...wishes};
    this.order({kind: 'submit', submission});
    return request;
  }

  cancel(request: number): void {
    this.order({kind: 'cancel', request});
  }

  /** A stage's answer to an attempt. */
  output(
    {request, attempt}: Pick<Infer, 'request' | 'attempt'>,
    stage: number,
    tensors: Readonly<Record<string, TensorData>>,
    counters?: StageCounters,
  ): void {
    const timings = [{stage, queueUs: 1, executeUs: 2, runUs: 3}];
    const message = {kind: 'output', request, attempt, stage, timings, load: 0, counters};
    this.receive(message, new Map(Object.entries(tensors)), true);
  }

  fail(
    {request, attempt}: Pick<Infer, 'request' | 'attempt'>,
    stage: number,
    code: ErrorCode,
    place: ErrorPlace = {stage: 'a stage', device: 'host-a/A'},
  ): void {
    const error = new InferenceError(code, `it was ${code}`, place).toWire();
    this.receive({kind: 'failed', request, attempt, stage, error});
  }

  /** Frames of attempts that were sent since anything was asked for. */
  infers(): readonly SentInfer[] {
    return this.sent().filter(isInfer);
  }

  /** All but the watch over routes, which lapses when nothing is on its way. */
  override get timers(): readonly string[] {
    return super.timers.filter(key => key !== 'watch');
  }

  /** How requests ended, in order. */
  get ends(): readonly ClientEnd[] {
    return (this.events as ClientEvent[]).filter(event => event.kind !== 'changed');
  }

  /** How one request ended. */
  endOf(request: number): ClientEnd | undefined {
    return this.ends.find(event => event.kind !== 'answered' && event.request === request);
  }
}

export function isInfer(sent: SendEffect): sent is SentInfer {
  return kindOf(sent) === 'infer';
}

export function kindOf({message}: SendEffect): string {
  return (message as StageMessage).kind;
}

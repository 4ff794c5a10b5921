import {coordinatorAddress} from '../schemas/addresses.js';
import type {Deployment} from '../schemas/deployment.js';
import {
  type ClientMessage,
  clientMessageSchema,
  type Failed,
  type Output,
} from '../schemas/messages/client.js';
import type {CoordinatorMessage} from '../schemas/messages/coordinator.js';
import type {Infer, StageMessage, StageTiming} from '../schemas/messages/stage.js';
import {clientIndex} from '../schemas/stage-graph.js';
import type {NamedTensors} from '../schemas/tensor.js';
import {InferenceError, unreachable} from '../src/errors.js';
import {Asks, type AskTimeout, type Question, type Settled} from '../src/kernel/asks.js';
import type {Behaviour, Delivery, Effect, Outcome} from '../src/kernel/behaviour.js';
import {messageParser} from '../src/kernel/parse-message.js';
import type {Random} from '../src/ports/random.js';
import type {TransportStatus} from '../src/ports/transport.js';
import {AdmissionWindow} from './admission-window.js';
import {ClientRequest, type Submission} from './client-request.js';
import {addressesOf, RouteTable} from './route-table.js';

export interface ClientSessionOptions {
  readonly address: string;
  /** Requests on their way at once, per deployment; the others wait here. */
  readonly inFlightMax: number;
  /** Requests that may wait here; one more is refused with QUEUE_FULL. */
  readonly queuedMax: number;
  /** How often the coordinator is told which deployments are still wanted. */
  readonly keepMs: number;
  /** How long requests outlive a connection, or a stage, that is gone. */
  readonly graceMs: number;
  readonly random: Random;
}

/** What the library tells its session. */
export type ClientOrder =
  | {readonly kind: 'submit'; readonly submission: Submission}
  | {readonly kind: 'cancel'; readonly request: number}
  | {readonly kind: 'ask'; readonly ask: number; readonly question: Question}
  | {readonly kind: 'loaded'; readonly deployment: Deployment}
  | {readonly kind: 'released'; readonly deployment: Deployment}
  | {readonly kind: 'connection'; readonly status: TransportStatus};

type Private =
  | ClientOrder
  | AskTimeout
  | {readonly kind: 'deadline'; readonly request: number}
  | {readonly kind: 'retry'; readonly request: number}
  | {readonly kind: 'abandon'}
  | {readonly kind: 'keep'};

/** What the session tells the library: each request and each ask ends in exactly one of these. */
export type ClientEvent =
  | {
      readonly kind: 'done';
      readonly request: number;
      readonly outputs: NamedTensors;
      readonly timings: readonly StageTiming[];
      readonly attempts: number;
    }
  | {readonly kind: 'failed'; readonly request: number; readonly error: InferenceError}
  | {readonly kind: 'answered'; readonly ask: number; readonly outcome: Outcome};

type Effects = Effect<Private>[];

const retryDelayMsMin = 5;
const retryDelayMsMax = 500;

/**
 * The client's half of the guarantee: every submitted request settles exactly once, with its result
 * or an error, no later than its deadline. It sends a request's inputs along a route fixed at
 * admission, collects the outputs, and while the deadline allows tries again what failed in a way
 * that may pass (inference is pure, so an attempt may be repeated). What comes for an attempt that
 * is over is dropped.
 */
export class ClientSession implements Behaviour<ClientMessage, Private> {
  readonly parse = messageParser(clientMessageSchema, 'client session');
  readonly #options: ClientSessionOptions;
  readonly #requests = new Map<number, ClientRequest>();
  readonly #window: AdmissionWindow;
  readonly #routes = new RouteTable();
  readonly #asks: Asks<Effects>;
  readonly #deployments = new Set<string>();
  #status: TransportStatus = 'connected';

  constructor(options: ClientSessionOptions) {
    this.#options = options;
    this.#window = new AdmissionWindow(options);
    this.#asks = new Asks(options.address);
  }

  receive({message, tensors}: Delivery<ClientMessage>, now: number): Effects {
    switch (message.kind) {
      case 'output':
        return this.#onOutput(message, tensors, now);
      case 'failed':
        return this.#onFailed(message, now);
      case 'reply':
        return flatten(this.#asks.onReply(message));
      default:
        return unreachable(message);
    }
  }

  resume(message: Private, now: number): Effects {
    switch (message.kind) {
      case 'submit':
        return this.#onSubmit(message.submission, now);
      case 'cancel':
        return this.#end(message.request, new InferenceError('CANCELLED', 'cancelled'), now);
      case 'ask':
        return this.#asks.ask(message.question, outcome => [
          emit({kind: 'answered', ask: message.ask, outcome}),
        ]);
      case 'loaded':
        this.#deployments.add(message.deployment.id);
        return this.#keep();
      case 'released':
        return this.#onReleased(message.deployment, now);
      case 'keep':
        return this.#keep();
      case 'connection':
        return this.#onConnection(message.status, now);
      case 'askTimeout':
        return flatten(this.#asks.onTimeout(message));
      case 'deadline':
        return this.#onDeadline(message.request, now);
      case 'retry':
        return this.#launch(message.request, now);
      case 'abandon':
        return this.#abandon(now);
      default:
        return unreachable(message);
    }
  }

  lost(token: string, now: number): Effects {
    const ask = this.#asks.onLost(token);
    if (ask !== undefined) return flatten(ask);
    const [request, attempt, stage] = token.split('-').map(Number);
    const text = 'a stage of the network is gone';
    const error =
      this.#status === 'connected'
        ? new InferenceError('DEVICE_LOST', text)
        : new InferenceError('CONNECTION_LOST', 'the connection to the server is gone');
    return this.#onAttemptFailed(
      {request: request ?? -1, attempt: attempt ?? -1, stage: stage ?? 0},
      error,
      now,
    );
  }

  unsent(token: string, error: InferenceError, now: number): Effects {
    const ask = this.#asks.onLost(token, error);
    if (ask !== undefined) return flatten(ask);
    const [request, attempt, stage] = token.split('-').map(Number);
    return this.#onAttemptFailed(
      {request: request ?? -1, attempt: attempt ?? -1, stage: stage ?? 0},
      error,
      now,
    );
  }

  stopped(now: number): Effects {
    return this.#failAll(new InferenceError('RELEASED', 'the client was closed'), now);
  }

  #onSubmit(submission: Submission, now: number): Effects {
    const {request, deployment, timeoutMs} = submission;
    if (this.#status === 'closed') {
      const error = new InferenceError('CONNECTION_LOST', 'the connection to the server is closed');
      return [emit({kind: 'failed', request, error})];
    }
    const place = this.#window.admit(deployment.id, request);
    if (place === 'full') {
      const text = `${this.#options.queuedMax} requests wait at this client already`;
      return [emit({kind: 'failed', request, error: new InferenceError('QUEUE_FULL', text)})];
    }
    this.#requests.set(request, new ClientRequest(submission, now));
    const deadline: Effect<Private> = {
      do: 'after',
      key: `deadline-${request}`,
      delayMs: timeoutMs,
      message: {kind: 'deadline', request},
    };
    return place === 'waits' ? [deadline] : [deadline, ...this.#launch(request, now)];
  }

  /** Sends the inputs of the next attempt. */
  #launch(id: number, now: number): Effects {
    const request = this.#requests.get(id);
    if (request === undefined) return [];
    const {deployment} = request.submission;
    const route = this.#routes.choose(deployment, now);
    if (route === undefined) return this.#onNoRoute(request, now);
    request.begin(route);
    if (request.complete) return this.#succeed(request, now);
    this.#routes.count(deployment, route, 1);
    const addresses = addressesOf(deployment, route);
    return request.frames().map(({stage, tensors}) => ({
      do: 'send',
      to: addresses[stage] ?? '',
      message: this.#infer(request, now),
      tensors,
      token: `${id}-${request.attempt}-${stage}`,
    }));
  }

  #infer(request: ClientRequest, now: number): Infer {
    return {
      kind: 'infer',
      client: this.#options.address,
      request: request.submission.request,
      attempt: request.attempt,
      source: clientIndex,
      route: request.route,
      remainingMs: request.deadlineAt - now,
      profile: request.submission.profile,
      timings: [],
    };
  }

  #onOutput(message: Output, tensors: NamedTensors, now: number): Effects {
    const request = this.#requests.get(message.request);
    if (request === undefined || request.attempt !== message.attempt) return [];
    if (!request.running) return [];
    if (!request.take(message.stage, tensors, message.timings)) return [];
    return request.complete ? this.#succeed(request, now) : [];
  }

  #succeed(request: ClientRequest, now: number): Effects {
    const event: ClientEvent = {
      kind: 'done',
      request: request.submission.request,
      outputs: request.outputs(),
      timings: request.timings,
      attempts: request.attempt,
    };
    return [...this.#forget(request, now), emit(event)];
  }

  #onFailed(message: Failed, now: number): Effects {
    return this.#onAttemptFailed(message, InferenceError.fromWire(message.error), now);
  }

  #onAttemptFailed(
    of: {readonly request: number; readonly attempt: number; readonly stage: number},
    error: InferenceError,
    now: number,
  ): Effects {
    const request = this.#requests.get(of.request);
    if (request === undefined || request.attempt !== of.attempt || !request.running) return [];
    const {deployment} = request.submission;
    if (!error.retryable) return this.#end(of.request, error, now);
    const cancels = this.#endAttempt(request);
    if (error.code === 'DEVICE_LOST') {
      const address = addressesOf(deployment, request.route)[of.stage];
      if (address !== undefined) this.#routes.avoid(address, now);
    }
    request.failed(error, now);
    return [...cancels, this.#retryLater(request, error)];
  }

  /** Doubles with every failure, up to a bound; scattered, so that clients do not come in step. */
  #retryLater(request: ClientRequest, error: InferenceError): Effect<Private> {
    const doubled = Math.min(retryDelayMsMin * 2 ** request.failures, retryDelayMsMax);
    const wished = Math.min(error.place.retryAfterMs ?? 0, retryDelayMsMax);
    const delayMs = Math.max(doubled, wished) * (0.5 + this.#options.random.next());
    const id = request.submission.request;
    return {do: 'after', key: `retry-${id}`, delayMs, message: {kind: 'retry', request: id}};
  }

  #onNoRoute(request: ClientRequest, now: number): Effects {
    const {deployment} = request.submission;
    const error = new InferenceError('DEVICE_LOST', `a stage of ${deployment.network} is gone`);
    request.failed(error, now);
    const since = request.failingSince ?? now;
    if (now - since >= this.#options.graceMs) {
      return this.#end(request.submission.request, request.lastError ?? error, now);
    }
    return [this.#retryLater(request, error)];
  }

  #onDeadline(id: number, now: number): Effects {
    const request = this.#requests.get(id);
    if (request === undefined) return [];
    const {timeoutMs} = request.submission;
    const last = request.lastError;
    const why = last === undefined ? '' : `; last failure: ${last.code}: ${last.message}`;
    const text = `no result within ${timeoutMs} ms${why}`;
    return this.#end(id, new InferenceError('DEADLINE_EXCEEDED', text, last?.place ?? {}), now);
  }

  /** Settles a request with an error and tells every stage of its route. */
  #end(id: number, error: InferenceError, now: number): Effects {
    const request = this.#requests.get(id);
    if (request === undefined) return [];
    const cancels = request.running ? this.#cancels(request) : [];
    return [...cancels, ...this.#forget(request, now), emit({kind: 'failed', request: id, error})];
  }

  #endAttempt(request: ClientRequest): Effects {
    this.#routes.count(request.submission.deployment, request.route, -1);
    request.running = false;
    return this.#cancels(request);
  }

  #cancels(request: ClientRequest): Effects {
    const {deployment, request: id} = request.submission;
    const message: StageMessage = {
      kind: 'cancel',
      client: this.#options.address,
      request: id,
      attempt: request.attempt,
    };
    return addressesOf(deployment, request.route).map(to => ({do: 'send', to, message}));
  }

  /** Drops what is kept for a request and gives its place to the next that waits. */
  #forget(request: ClientRequest, now: number): Effects {
    const {request: id, deployment} = request.submission;
    if (request.running) this.#routes.count(deployment, request.route, -1);
    this.#requests.delete(id);
    const next = this.#window.leave(deployment.id, id);
    return [
      {do: 'cancelTimer', key: `deadline-${id}`},
      {do: 'cancelTimer', key: `retry-${id}`},
      ...(next === undefined ? [] : this.#launch(next, now)),
    ];
  }

  #onReleased(deployment: Deployment, now: number): Effects {
    const error = new InferenceError('RELEASED', `${deployment.network} was released`);
    const effects = [...this.#requests.values()]
      .filter(request => request.submission.deployment.id === deployment.id)
      .flatMap(request => this.#end(request.submission.request, error, now));
    this.#routes.forget(deployment);
    this.#deployments.delete(deployment.id);
    return effects;
  }

  #keep(): Effects {
    if (this.#deployments.size === 0) return [];
    const message: CoordinatorMessage = {kind: 'keep', deployments: [...this.#deployments]};
    return [
      {do: 'send', to: coordinatorAddress, message},
      {do: 'after', key: 'keep', delayMs: this.#options.keepMs, message: {kind: 'keep'}},
    ];
  }

  #onConnection(status: TransportStatus, now: number): Effects {
    const before = this.#status;
    this.#status = status;
    switch (status) {
      case 'connected':
        return before === 'connected' ? [] : this.#onReconnected(now);
      case 'disconnected': {
        const delayMs = this.#options.graceMs;
        return [{do: 'after', key: 'abandon', delayMs, message: {kind: 'abandon'}}];
      }
      case 'closed':
        return this.#abandon(now);
      default:
        return unreachable(status);
    }
  }

  /** What was on its way may have been lost: every request tries again. */
  #onReconnected(now: number): Effects {
    const error = new InferenceError('CONNECTION_LOST', 'the connection was interrupted');
    const running = [...this.#requests.values()].filter(request => request.running);
    return [
      {do: 'cancelTimer', key: 'abandon'},
      ...running.flatMap(request => {
        const {attempt, submission} = request;
        return this.#onAttemptFailed({request: submission.request, attempt, stage: 0}, error, now);
      }),
    ];
  }

  #abandon(now: number): Effects {
    const text = `no connection to the server for ${this.#options.graceMs} ms`;
    return this.#failAll(new InferenceError('CONNECTION_LOST', text), now);
  }

  #failAll(error: InferenceError, now: number): Effects {
    const requests = [...this.#requests.keys()].reverse();
    const ends = requests.flatMap(request => this.#end(request, error, now));
    return [...ends, ...this.#asks.abandon(error).flatMap(flatten)];
  }
}

function emit(event: ClientEvent): Effect<Private> {
  return {do: 'emit', event};
}

function flatten(end: Settled<Effects> | undefined): Effects {
  return end === undefined ? [] : [...end.effects, ...end.settled];
}

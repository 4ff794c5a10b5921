import type {Deployment} from '../schemas/deployment.js';
import {type ClientMessage, clientMessageSchema, type Output} from '../schemas/messages/client.js';
import type {NamedTensors} from '../schemas/tensor.js';
import {InferenceError, unreachable} from '../src/errors.js';
import {Asks, type AskTimeout, type Settled} from '../src/kernel/asks.js';
import type {Behaviour, Delivery, Effect} from '../src/kernel/behaviour.js';
import {messageParser} from '../src/kernel/parse-message.js';
import type {Random} from '../src/ports/random.js';
import type {TransportStatus} from '../src/ports/transport.js';
import {AdmissionWindow} from './admission-window.js';
import type {ClientEvent} from './client-event.js';
import type {ClientOrder} from './client-order.js';
import {ClientRequest, type Submission} from './client-request.js';
import {forgetStates} from './forget-states.js';
import {KnownDeployments, type KnownDeploymentsOptions} from './known-deployments.js';
import {retryDelayMs} from './retry-delay.js';
import {addressesOf, placeOf, RouteTable} from './route-table.js';
import {presenceQuestion, RouteWatch, saysGone, watchMs} from './route-watch.js';
import {type Sending, sendingOfToken, tokenOf} from './sending-token.js';

export interface ClientSessionOptions extends KnownDeploymentsOptions {
  /** Requests on their way at once, per deployment; the others wait here. */
  readonly inFlightMax: number;
  /** Requests that may wait here; one more is refused with QUEUE_FULL. */
  readonly queuedMax: number;
  /** How long requests outlive a connection that is gone. */
  readonly graceMs: number;
  /** How long requests wait for a network whose devices are gone to be laid out anew. */
  readonly lostGraceMs: number;
  readonly random: Random;
}

type Private =
  | ClientOrder
  | AskTimeout
  | {readonly kind: 'deadline'; readonly request: number}
  | {readonly kind: 'retry'; readonly request: number}
  | {readonly kind: 'abandon'}
  | {readonly kind: 'watch'}
  | {readonly kind: 'keep'};

type Effects = Effect<Private>[];
type Then = (now: number) => Effects;

/** The stage of a failure that is none's. */
const noStage = -1;

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
  readonly #watch = new RouteWatch();
  #watching = false;
  readonly #asks: Asks<Then>;
  readonly #deployments: KnownDeployments;
  #status: TransportStatus = 'connected';
  /** Set once the connection has been away for too long: nothing is taken on until it is back. */
  #gaveUp: InferenceError | undefined;

  constructor(options: ClientSessionOptions) {
    this.#options = options;
    this.#window = new AdmissionWindow(options);
    this.#deployments = new KnownDeployments(options);
    this.#asks = new Asks(options.address);
  }

  receive({message, tensors}: Delivery<ClientMessage>, now: number): Effects {
    switch (message.kind) {
      case 'output':
        return this.#onOutput(message, tensors, now);
      case 'failed':
        return this.#onAttemptFailed(message, InferenceError.fromWire(message.error), now);
      case 'deployment':
      case 'forgotten':
        return this.#onChanged(this.#deployments.newsOf(message), now);
      case 'reply':
        return flatten(this.#asks.onReply(message), now);
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
        return this.#onAsk(message);
      case 'forgetState':
        return forgetStates(this.#options.address, message);
      case 'loaded':
        this.#deployments.add(message.deployment);
        return this.#deployments.keep(now);
      case 'released':
        return this.#onReleased(message.deployment, now);
      case 'keep':
        return this.#deployments.keep(now);
      case 'connection':
        return this.#onConnection(message.status, now);
      case 'askTimeout':
        return flatten(this.#asks.onTimeout(message), now);
      case 'deadline':
        return this.#onDeadline(message.request, now);
      case 'retry':
        return this.#launch(message.request, now);
      case 'abandon':
        return this.#giveUp(`no connection to the server for ${this.#options.graceMs} ms`, now);
      case 'watch':
        return this.#onWatch(now);
      default:
        return unreachable(message);
    }
  }

  lost(token: string, now: number): Effects {
    const ask = this.#asks.onLost(token);
    if (ask !== undefined) return flatten(ask, now);
    const sending = sendingOfToken(token);
    if (this.#status === 'connected') {
      const error = new InferenceError('DEVICE_LOST', 'a stage of the network is gone');
      return this.#onAttemptFailed(sending, error, now);
    }
    const error = new InferenceError('CONNECTION_LOST', 'the connection to the server is gone');
    return this.#onAttemptFailed({...sending, stage: noStage}, error, now);
  }

  unsent(token: string, error: InferenceError, now: number): Effects {
    const ask = this.#asks.onLost(token, error);
    if (ask !== undefined) return flatten(ask, now);
    return this.#onAttemptFailed(sendingOfToken(token), error, now);
  }

  stopped(now: number): Effects {
    return this.#failAll(new InferenceError('RELEASED', 'the client was closed'), now);
  }

  #onAsk({ask, question}: ClientOrder & {readonly kind: 'ask'}): Effects {
    if (this.#gaveUp === undefined) {
      return this.#asks.ask(question, outcome => () => [emit({kind: 'answered', ask, outcome})]);
    }
    return [emit({kind: 'answered', ask, outcome: {ok: false, error: this.#gaveUp}})];
  }

  #onSubmit(submission: Submission, now: number): Effects {
    const {request, deployment} = submission;
    if (this.#gaveUp !== undefined) return [emit({kind: 'failed', request, error: this.#gaveUp})];
    const created = new ClientRequest(submission, now);
    this.#requests.set(request, created);
    const insideMax = this.#deployments.insideMax(deployment);
    const {place, refused} = this.#window.admit(created.entrant, now, insideMax);
    const ended = refused === undefined ? [] : this.#end(refused.request, refused.error, now);
    if (place === 'full') return ended;
    const begun = place === 'enters' ? this.#launch(request, now) : [];
    return [...ended, created.deadlineTimer, ...begun];
  }

  /** Sends the inputs of the next attempt. */
  #launch(id: number, now: number): Effects {
    const request = this.#requests.get(id);
    if (request === undefined || request.running) return [];
    const deployment = this.#deployments.latest(request.submission.deployment);
    const way = this.#routes.choose(deployment, request, now);
    if (way === undefined) return this.#onNoWay(request, now);
    request.begin(way, now);
    this.#routes.count(way, 1);
    if (request.complete) return this.#succeed(request, now);
    const addresses = addressesOf(way);
    const message = request.message(this.#options.address, now);
    const sends = request.frames().map(({stage, tensors}): Effect<Private> => {
      const token = tokenOf({request: id, attempt: request.attempt, stage});
      return {do: 'send', to: addresses[stage] ?? '', message, tensors, token};
    });
    return [...sends, ...this.#watchLater()];
  }

  #onOutput(message: Output, tensors: NamedTensors, now: number): Effects {
    const request = this.#requests.get(message.request);
    if (request === undefined || request.attempt !== message.attempt) return [];
    if (!request.running) return [];
    if (!request.take(message, tensors)) return [];
    return request.complete ? this.#succeed(request, now) : [];
  }

  #succeed(request: ClientRequest, now: number): Effects {
    const event = request.done(now);
    return [...this.#forget(request, now), emit(event)];
  }

  /** What may pass is tried again; what will not ends the request. */
  #onAttemptFailed(of: Sending, error: InferenceError, now: number): Effects {
    const {request: id, attempt, stage} = of;
    const request = this.#requests.get(id);
    if (request === undefined || request.attempt !== attempt || !request.running) return [];
    const placed = error.at(placeOf(request.way, stage));
    if (!error.retryable) return this.#onRefused(request, placed, now);
    const address = addressesOf(request.way)[stage];
    const isLost = error.code === 'DEVICE_LOST' && address !== undefined;
    if (!isLost) return this.#tryAgain(request, placed, now);
    // A stage that answers names its device.
    if (error.device === undefined) return this.#onGone(address, now);
    this.#routes.avoid(address, now);
    return this.#tryAgain(request, placed, now);
  }

  /** A variant failed the request for good; it may have others, or be given one. */
  #onRefused(request: ClientRequest, error: InferenceError, now: number): Effects {
    const {request: id} = request.submission;
    const deployment = this.#deployments.latest(request.submission.deployment);
    request.refused.add(request.way.variant.id);
    if (!request.mayMove(error, deployment) || request.isSpent(deployment)) {
      return this.#end(id, error, now);
    }
    const retry = this.#tryAgain(request, error, now);
    return request.hasOthers(deployment) ? retry : [...retry, this.#deployments.extend(deployment)];
  }

  /** Nobody answers at `address`: what is on its way through it need not wait for its deadline. */
  #onGone(address: string, now: number): Effects {
    this.#routes.avoid(address, now);
    return [...this.#requests.values()].flatMap(request => {
      if (!request.running) return [];
      const stage = addressesOf(request.way).indexOf(address);
      if (stage < 0) return [];
      const place = placeOf(request.way, stage);
      const error = new InferenceError('DEVICE_LOST', 'a stage of the network is gone', place);
      return this.#tryAgain(request, error, now);
    });
  }

  #watchLater(): Effects {
    if (this.#watching) return [];
    this.#watching = true;
    return [{do: 'after', key: 'watch', delayMs: watchMs, message: {kind: 'watch'}}];
  }

  #onWatch(now: number): Effects {
    this.#watching = false;
    if (this.#requests.size === 0) return [];
    if (this.#status !== 'connected') return this.#watchLater();
    const questions = this.#watch.due(this.#requests.values(), now).flatMap(address =>
      this.#asks.ask(presenceQuestion(address), outcome => later => {
        this.#watch.answered(address);
        return saysGone(outcome) ? this.#onGone(address, later) : [];
      }),
    );
    return [...questions, ...this.#watchLater()];
  }

  #tryAgain(request: ClientRequest, error: InferenceError, now: number): Effects {
    const cancels = this.#endAttempt(request);
    request.failed(error, now);
    return [...cancels, this.#retryLater(request, error)];
  }

  #retryLater(request: ClientRequest, error: InferenceError): Effect<Private> {
    const delayMs = retryDelayMs(request.failures, error, this.#options.random);
    const id = request.submission.request;
    return {do: 'after', key: `retry-${id}`, delayMs, message: {kind: 'retry', request: id}};
  }

  /** Of every variant, a stage was found gone lately, or it failed the request for good. */
  #onNoWay(request: ClientRequest, now: number): Effects {
    const {request: id} = request.submission;
    const deployment = this.#deployments.latest(request.submission.deployment);
    if (request.isSpent(deployment)) return this.#end(id, request.noWay(now), now);
    const news = this.#deployments.keepSoon(now);
    const why = this.#deployments.whyLost(deployment);
    if (why !== undefined) return [...this.#end(id, why, now), ...news];
    const error = request.noWay(now);
    const lostForMs = now - (request.lostSince ?? now);
    if (lostForMs >= this.#options.lostGraceMs) return [...this.#end(id, error, now), ...news];
    return [this.#retryLater(request, error), ...news];
  }

  /** Requests that found no way are tried again in the new variants at once. */
  #onChanged(deployment: Deployment | undefined, now: number): Effects {
    if (deployment === undefined || !this.#deployments.update(deployment)) return [];
    const insideMax = this.#deployments.insideMax(deployment);
    const entering = this.#window.enter(deployment.id, now, insideMax);
    const stranded = [...this.#requests.values()].filter(each => each.isStranded(deployment));
    const ids = [...entering, ...stranded.map(({submission}) => submission.request)];
    return [
      emit({kind: 'changed', deployment}),
      ...this.#deployments.keep(now),
      ...ids.flatMap(id => this.#launch(id, now)),
    ];
  }

  #onDeadline(id: number, now: number): Effects {
    const request = this.#requests.get(id);
    if (request === undefined) return [];
    return this.#end(id, request.deadlineError(), now);
  }

  /** Settles a request with an error and tells every stage of its route. */
  #end(id: number, error: InferenceError, now: number): Effects {
    const request = this.#requests.get(id);
    if (request === undefined) return [];
    const cancels = request.running ? request.cancels(this.#options.address) : [];
    const event: ClientEvent = {kind: 'failed', request: id, error: request.endError(error)};
    return [...cancels, ...this.#forget(request, now), emit(event)];
  }

  #endAttempt(request: ClientRequest): Effects {
    this.#routes.count(request.way, -1);
    request.running = false;
    return request.cancels(this.#options.address);
  }

  /** Drops what is kept for a request and gives its place to the next that waits. */
  #forget(request: ClientRequest, now: number): Effects {
    const {request: id, deployment} = request.submission;
    if (request.running) this.#routes.count(request.way, -1);
    this.#requests.delete(id);
    const insideMax = this.#deployments.insideMax(deployment);
    const next = this.#window.leave(request.entrant, now, insideMax);
    return [
      {do: 'cancelTimer', key: `deadline-${id}`},
      {do: 'cancelTimer', key: `retry-${id}`},
      ...next.flatMap(entering => this.#launch(entering, now)),
    ];
  }

  #onReleased(deployment: Deployment, now: number): Effects {
    const error = new InferenceError('RELEASED', `${deployment.network} was released`);
    const effects = this.#endAll(error, now, deployment.id);
    this.#routes.forget(this.#deployments.latest(deployment));
    return [...effects, ...this.#deployments.remove(deployment)];
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
        return this.#giveUp('the connection to the server was closed', now);
      default:
        return unreachable(status);
    }
  }

  /** What was on its way may have been lost: every request tries again, every question ends. */
  #onReconnected(now: number): Effects {
    this.#gaveUp = undefined;
    const error = new InferenceError('CONNECTION_LOST', 'the connection was interrupted');
    const running = [...this.#requests.values()].filter(request => request.running);
    return [
      {do: 'cancelTimer', key: 'abandon'},
      ...running.flatMap(request => {
        const {attempt, submission} = request;
        const of = {request: submission.request, attempt, stage: noStage};
        return this.#onAttemptFailed(of, error, now);
      }),
      ...this.#asks.abandon(error).flatMap(end => flatten(end, now)),
    ];
  }

  #giveUp(text: string, now: number): Effects {
    this.#gaveUp = new InferenceError('CONNECTION_LOST', text);
    return this.#failAll(this.#gaveUp, now);
  }

  #failAll(error: InferenceError, now: number): Effects {
    const asked = this.#asks.abandon(error).flatMap(end => flatten(end, now));
    return [...this.#endAll(error, now), ...asked];
  }

  /** The last first, so that none of them enters in the place of another. */
  #endAll(error: InferenceError, now: number, deployment?: string): Effects {
    const all = [...this.#requests.values()].reverse().map(({submission}) => submission);
    return all
      .filter(each => deployment === undefined || each.deployment.id === deployment)
      .flatMap(({request}) => this.#end(request, error, now));
  }
}

function emit(event: ClientEvent): Effect<Private> {
  return {do: 'emit', event};
}

function flatten(end: Settled<Then> | undefined, now: number): Effects {
  return end === undefined ? [] : [...end.effects, ...(end.settled?.(now) ?? [])];
}

import type {ClientEvent} from '../../actors/client-event.js';
import type {ClientOrder} from '../../actors/client-order.js';
import type {SubmittedState} from '../../actors/client-request.js';
import type {RequestCounters} from '../../actors/request-counters.js';
import type {Way} from '../../actors/route-table.js';
import {coordinatorAddress} from '../../schemas/addresses.js';
import type {Deployment} from '../../schemas/deployment.js';
import type {Ask} from '../../schemas/messages/ask.js';
import type {CoordinatorMessage} from '../../schemas/messages/coordinator.js';
import type {StageTiming} from '../../schemas/messages/stage.js';
import type {Priority} from '../../schemas/priority.js';
import type {NamedTensors} from '../../schemas/tensor.js';
import type {TraceContext} from '../../schemas/trace-context.js';
import {InferenceError} from '../errors.js';
import type {Question} from '../kernel/asks.js';
import type {Clock} from '../ports/clock.js';
import type {Metric} from '../ports/metrics.js';
import type {RequestTracer} from '../ports/request-tracer.js';
import type {Timers} from '../ports/timers.js';
import {RequestMeter} from './request-meter.js';
import {stageSpans} from './stage-spans.js';

/** What a request came to. */
export interface InferenceOutcome {
  readonly outputs: NamedTensors;
  /** One for each stage, by index. */
  readonly timings: readonly StageTiming[];
  readonly attempts: number;
  /** If it was measured. */
  readonly counters?: RequestCounters;
  /** Of the attempt that succeeded. */
  readonly through: Way;
  /** Where its states are, if the network has any. */
  readonly way?: Way;
}

export interface SubmitOptions {
  readonly timeoutMs: number;
  readonly profile: boolean;
  /** Default: MEDIUM. */
  readonly priority?: Priority;
  /** Of a network with states. */
  readonly state?: SubmittedState;
}

interface Waiter<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

export interface SessionOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly tracer?: RequestTracer | undefined;
  /** Gives an order to the client session actor; false if it has ended. */
  tell(order: ClientOrder): boolean;
}

/** A coordinator may be absent for this long, while another takes over or the cluster comes up. */
const coordinatorGraceMs = 10_000;
const coordinatorRetryMs = 100;
/** Coordinators know repeats. One that has not heard of an order before begins anew. */
const coordinatorRepeatMs = 5000;
/** An order that was under way for so long had reached a coordinator. */
const reachedMsMin = 1000;

/** The client session actor as promises: what the library's classes call. */
export class Session {
  readonly #options: SessionOptions;
  readonly #requests = new Map<number, Waiter<InferenceOutcome>>();
  readonly #meter: RequestMeter;
  readonly #asks = new Map<number, Waiter<unknown>>();
  readonly #changed = new Map<string, (deployment: Deployment) => void>();
  #submitted = 0;
  #states = 0;
  #asked = 0;
  #leaving = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#meter = new RequestMeter(options.clock);
  }

  /** Of its requests. */
  metrics(): readonly Metric[] {
    return this.#meter.metrics();
  }

  /** Takes what the actor emits. */
  onEvent(event: ClientEvent): void {
    if (event.kind === 'answered') {
      const waiter = this.#asks.get(event.ask);
      this.#asks.delete(event.ask);
      if (event.outcome.ok) waiter?.resolve(event.outcome.value);
      else waiter?.reject(event.outcome.error);
      return;
    }
    if (event.kind === 'changed') {
      this.#changed.get(event.deployment.id)?.(event.deployment);
      return;
    }
    const waiter = this.#requests.get(event.request);
    this.#requests.delete(event.request);
    if (event.kind === 'done') waiter?.resolve(event);
    else waiter?.reject(event.error);
  }

  /** Sends a request; `id` cancels it. */
  submit(
    deployment: Deployment,
    tensors: NamedTensors,
    options: SubmitOptions,
  ): {readonly id: number; readonly outcome: Promise<InferenceOutcome>} {
    const request = this.#submitted++;
    const ended = this.#meter.begin();
    const outcome = new Promise<InferenceOutcome>((resolve, reject) => {
      this.#requests.set(request, {
        resolve(value) {
          ended('done');
          resolve(value);
        },
        reject(error) {
          ended(InferenceError.from(error).code);
          reject(error);
        },
      });
    });
    const trace = this.#trace(deployment, request, outcome);
    const submission = {request, deployment, tensors, ...options, ...(trace && {trace})};
    if (!this.#options.tell({kind: 'submit', submission})) {
      this.onEvent({kind: 'failed', request, error: closed()});
    }
    return {id: request, outcome};
  }

  #trace(
    deployment: Deployment,
    request: number,
    outcome: Promise<InferenceOutcome>,
  ): TraceContext | undefined {
    const traced = this.#options.tracer?.begin(deployment, request);
    if (traced === undefined) return undefined;
    outcome.then(
      ({through, timings, attempts}) => {
        traced.done({stages: stageSpans(through, timings), attempts});
      },
      (error: unknown) => traced.failed(InferenceError.from(error)),
    );
    return traced.trace;
  }

  /** A number for the states of an infer request, from when they begin anew. */
  newState(): number {
    return this.#states++;
  }

  forgetState(session: number, way: Way): void {
    this.#options.tell({kind: 'forgetState', session, way});
  }

  cancel(request: number): void {
    this.#options.tell({kind: 'cancel', request});
  }

  /** `changed` is told whenever the coordinator has laid the network out anew. */
  loaded(deployment: Deployment, changed: (deployment: Deployment) => void): void {
    this.#changed.set(deployment.id, changed);
    this.#options.tell({kind: 'loaded', deployment});
  }

  released(deployment: Deployment): void {
    this.#changed.delete(deployment.id);
    this.#options.tell({kind: 'released', deployment});
  }

  ask(question: Question): Promise<unknown> {
    const ask = this.#asked++;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#asks.set(ask, {resolve, reject});
    });
    if (!this.#options.tell({kind: 'ask', ask, question})) {
      this.onEvent({kind: 'answered', ask, outcome: {ok: false, error: closed()}});
    }
    return answer;
  }

  /** From now on nobody waits for a coordinator that is absent. */
  leave(): void {
    this.#leaving = true;
  }

  /** Asks the coordinator that leads; waits a while for one if there is none. */
  async askCoordinator(
    message: (ask: Ask) => CoordinatorMessage,
    timeoutMs: number,
  ): Promise<unknown> {
    const {clock} = this.#options;
    const repeatMs = coordinatorRepeatMs;
    const question = {to: coordinatorAddress, repeatMs, message, absent: noCoordinator};
    const endsAt = clock.now() + timeoutMs;
    let absentSince = clock.now();
    for (;;) {
      const askedAt = clock.now();
      try {
        return await this.ask({...question, timeoutMs: endsAt - askedAt});
      } catch (error) {
        if (!(error instanceof InferenceError) || error.code !== 'NO_COORDINATOR') throw error;
        const now = clock.now();
        if (now - askedAt >= reachedMsMin) absentSince = now;
        const until = Math.min(endsAt, absentSince + coordinatorGraceMs);
        if (this.#leaving || now >= until) throw error;
        await this.#delay(coordinatorRetryMs);
      }
    }
  }

  #delay(delayMs: number): Promise<void> {
    return new Promise(resolve => {
      this.#options.timers.after(delayMs, resolve);
    });
  }
}

function closed(): InferenceError {
  return new InferenceError('RELEASED', 'the client was closed');
}

function noCoordinator(): InferenceError {
  return new InferenceError(
    'NO_COORDINATOR',
    'no coordinator leads this cluster; start one with `heterodyne coordinator`',
  );
}

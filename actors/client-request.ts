import type {Deployment} from '../schemas/deployment.js';
import type {Output} from '../schemas/messages/client.js';
import type {Infer, StageMessage, StageTiming} from '../schemas/messages/stage.js';
import type {StageCounters} from '../schemas/performance-counters.js';
import {defaultPriority, type Priority} from '../schemas/priority.js';
import {clientIndex} from '../schemas/stage-graph.js';
import type {StateRef} from '../schemas/state.js';
import type {NamedTensors, TensorData} from '../schemas/tensor.js';
import type {TraceContext} from '../schemas/trace-context.js';
import {InferenceError, invariant} from '../src/errors.js';
import type {SendEffect} from '../src/kernel/behaviour.js';
import type {Entrant} from './admission-window.js';
import type {ClientEvent} from './client-event.js';
import {type DeliveryPlan, deliveryPlan} from './delivery-plan.js';
import {type RequestCounters, requestCounters} from './request-counters.js';
import {addressesOf, type Way} from './route-table.js';

/** A request as its user gave it. */
export interface Submission {
  readonly request: number;
  readonly deployment: Deployment;
  /** Checked already: every input is there, of the right type and shape. */
  readonly tensors: NamedTensors;
  readonly timeoutMs: number;
  readonly profile: boolean;
  /** Default: MEDIUM. */
  readonly priority?: Priority;
  /** Of a network with states. */
  readonly state?: SubmittedState;
  /** If it is traced. */
  readonly trace?: TraceContext;
}

/** What a request goes on from. */
export interface SubmittedState extends StateRef {
  /** Where it is; undefined if the request brings all of it. */
  readonly way: Way | undefined;
  /** It is only to be read: the outputs are the states. */
  readonly read: boolean;
}

/** One frame's worth of a request: what one stage gets from the client. */
export interface ClientFrame {
  readonly stage: number;
  readonly tensors: NamedTensors;
}

/** A request between submission and settlement, over all its attempts. */
export class ClientRequest {
  readonly submission: Submission;
  readonly deadlineAt: number;
  attempt = 0;
  /** Variants that failed it in a way that repeating would not mend. */
  readonly refused = new Set<number>();
  /** An attempt is on its way; false while the request waits, for its turn or to try again. */
  running = false;
  /** When the last attempt began. */
  begunAt = 0;
  /** Attempts that failed, and why the last did. */
  failures = 0;
  lastError: InferenceError | undefined;
  /** Since when every attempt has found a device lost. */
  lostSince: number | undefined;
  #way: Way | undefined;
  readonly #outputs = new Map<string, TensorData>();
  readonly #timings = new Map<number, StageTiming>();
  readonly #counters: StageCounters[] = [];
  #missing = new Set<number>();

  constructor(submission: Submission, now: number) {
    this.submission = submission;
    this.deadlineAt = now + submission.timeoutMs;
  }

  /** Begins an attempt: outputs of earlier ones no longer count. */
  begin(way: Way, now: number): void {
    this.attempt++;
    this.running = true;
    this.begunAt = now;
    this.#way = way;
    this.#outputs.clear();
    this.#timings.clear();
    this.#counters.length = 0;
    const {senders, stages, keepers} = this.#plan;
    this.#missing = new Set(this.submission.profile ? stages : this.#reads ? keepers : senders);
  }

  /** The way of the last attempt. */
  get way(): Way {
    invariant(this.#way !== undefined, 'no attempt has begun');
    return this.#way;
  }

  /** The way that it is bound to by its states. */
  get pinned(): Way | undefined {
    return this.submission.state?.way;
  }

  get #reads(): boolean {
    return this.submission.state?.read === true;
  }

  get #plan(): DeliveryPlan {
    return deliveryPlan(this.way.variant.stageGraph);
  }

  failed(error: InferenceError, now: number): void {
    this.failures++;
    this.lastError = error;
    this.lostSince = error.code === 'DEVICE_LOST' ? (this.lostSince ?? now) : undefined;
  }

  /** Some variant has not failed it for good. */
  hasOthers({variants}: Deployment): boolean {
    return variants.some(({id}) => !this.refused.has(id));
  }

  /** Every variant failed it for good, and there will be no others. */
  isSpent(deployment: Deployment): boolean {
    const {pinned} = this;
    if (pinned) return deployment.variants.every(({id}) => id !== pinned.variant.id);
    return !deployment.spare && !this.hasOthers(deployment);
  }

  /** It waits to try again, and may do so at once now that `id` has other variants. */
  isStranded({id}: Deployment): boolean {
    return this.submission.deployment.id === id && !this.running && this.failures > 0;
  }

  /** Whether what failed it in one variant may pass in another. */
  mayMove(error: InferenceError, deployment: Deployment): boolean {
    return error.code === 'STAGE_FAILED' && deployment.fallback && this.pinned === undefined;
  }

  /** What it ends with where an attempt failed with `error`. */
  endError(error: InferenceError): InferenceError {
    if (this.pinned === undefined || error.code !== 'DEVICE_LOST') return error;
    const text = `the states of this request were lost: ${error.message}; resetState begins anew`;
    return new InferenceError('STATE_LOST', text, error.place, {cause: error});
  }

  /** Counts that no variant could be tried; the error is the last that says why. */
  noWay(now: number): InferenceError {
    const {lastError} = this;
    if (lastError?.code === 'STAGE_FAILED') return lastError;
    const text = `a stage of ${this.submission.deployment.network} is gone`;
    const error =
      lastError?.code === 'DEVICE_LOST' ? lastError : new InferenceError('DEVICE_LOST', text);
    this.failed(error, now);
    return error;
  }

  /** Says what failed last, and where. */
  deadlineError(): InferenceError {
    const last = this.lastError;
    const why = last === undefined ? '' : `; last failure: ${last.code}: ${last.message}`;
    const text = `no result within ${this.submission.timeoutMs} ms${why}`;
    return new InferenceError('DEADLINE_EXCEEDED', text, last?.place);
  }

  get entrant(): Entrant {
    const {deployment, request, priority = defaultPriority} = this.submission;
    return {deployment: deployment.id, request, priority};
  }

  get deadlineTimer() {
    const {request, timeoutMs: delayMs} = this.submission;
    const message = {kind: 'deadline', request} as const;
    return {do: 'after', key: `deadline-${request}`, delayMs, message} as const;
  }

  /** The message that goes with every frame of the attempt. */
  message(client: string, now: number): StageMessage {
    const {request, state} = this.submission;
    const ref = state && {session: state.session, step: state.step};
    if (ref === undefined || !this.#reads) {
      return {...this.#infer(client, now), ...(ref && {state: ref})};
    }
    return {kind: 'readState', client, request, attempt: this.attempt, state: ref};
  }

  #infer(client: string, now: number): Infer {
    const {request, priority = defaultPriority, profile, trace} = this.submission;
    return {
      kind: 'infer',
      client,
      request,
      attempt: this.attempt,
      source: clientIndex,
      route: this.way.route,
      remainingMs: this.deadlineAt - now,
      priority,
      profile,
      timings: [],
      ...(trace && {trace}),
    };
  }

  /** Tells every stage of the attempt's route that nobody waits any more. */
  cancels(client: string): SendEffect[] {
    const {request} = this.submission;
    const message: StageMessage = {kind: 'cancel', client, request, attempt: this.attempt};
    return addressesOf(this.way).map(to => ({do: 'send', to, message}));
  }

  /** Every stage that hears from the client, with its part of the inputs. */
  frames(): readonly ClientFrame[] {
    const {keepers, frames} = this.#plan;
    if (this.#reads) return keepers.map(stage => ({stage, tensors: new Map()}));
    return frames.map(frame => {
      const tensors = new Map<string, TensorData>();
      for (const {from, as} of frame.tensors) {
        const tensor = this.submission.tensors.get(from);
        if (tensor !== undefined) tensors.set(as, tensor);
      }
      return {stage: frame.stage, tensors};
    });
  }

  /** Takes what a stage made; false if it was not awaited (a repeat). */
  take({stage, timings, counters}: Output, tensors: NamedTensors): boolean {
    if (!this.#missing.delete(stage)) return false;
    for (const [name, tensor] of tensors) this.#outputs.set(name, tensor);
    for (const timing of timings) this.#timings.set(timing.stage, timing);
    if (counters !== undefined) this.#counters.push(counters);
    return true;
  }

  get complete(): boolean {
    return this.#missing.size === 0;
  }

  get timings(): readonly StageTiming[] {
    return [...this.#timings.values()].sort((a, b) => a.stage - b.stage);
  }

  /** Undefined unless the request is measured. */
  #counted(now: number): RequestCounters | undefined {
    const {profile, timeoutMs} = this.submission;
    if (!profile) return undefined;
    const submittedAt = this.deadlineAt - timeoutMs;
    const totalUs = (now - submittedAt) * 1000;
    // Rounding must not make it negative.
    const queueUs = Math.max(0, (this.begunAt - submittedAt) * 1000);
    return requestCounters(this.#plan, this.#counters, {totalUs, queueUs});
  }

  /** How it went. */
  done(now: number): ClientEvent {
    const {attempt: attempts, timings, way: through} = this;
    const {request, state} = this.submission;
    const counters = this.#counted(now);
    const rest = {...(counters && {counters}), ...(state && {way: this.way})};
    return {kind: 'done', request, outputs: this.#given(), timings, attempts, through, ...rest};
  }

  /** In the network's order; an output that is an input is the user's own tensor. */
  #given(): NamedTensors {
    if (this.#reads) return new Map(this.#outputs);
    const ordered = new Map<string, TensorData>();
    const {echoes} = this.#plan;
    for (const {name} of this.submission.deployment.outputs) {
      const echo = echoes.get(name);
      const tensor =
        echo === undefined ? this.#outputs.get(name) : this.submission.tensors.get(echo);
      if (tensor !== undefined) ordered.set(name, tensor);
    }
    return ordered;
  }
}

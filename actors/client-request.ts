import type {Deployment} from '../schemas/deployment.js';
import type {StageTiming} from '../schemas/messages/stage.js';
import {clientIndex, type Edge} from '../schemas/stage-graph.js';
import type {NamedTensors, TensorData} from '../schemas/tensor.js';
import type {InferenceError} from '../src/errors.js';

/** A request as its user gave it. */
export interface Submission {
  readonly request: number;
  readonly deployment: Deployment;
  /** Checked already: every input is there, of the right type and shape. */
  readonly tensors: NamedTensors;
  readonly timeoutMs: number;
  readonly profile: boolean;
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
  route: readonly number[] = [];
  /** An attempt is on its way; false while the request waits, for its turn or to try again. */
  running = false;
  /** Attempts that failed, when the first of them did, and why the last did. */
  failures = 0;
  failingSince: number | undefined;
  lastError: InferenceError | undefined;
  readonly #outputs = new Map<string, TensorData>();
  readonly #timings = new Map<number, StageTiming>();
  #missing = new Set<number>();

  constructor(submission: Submission, now: number) {
    this.submission = submission;
    this.deadlineAt = now + submission.timeoutMs;
  }

  /** Begins an attempt: outputs of earlier ones no longer count. */
  begin(route: readonly number[]): void {
    this.attempt++;
    this.running = true;
    this.route = route;
    this.#outputs.clear();
    this.#timings.clear();
    const {edges} = this.submission.deployment.stageGraph;
    const senders = edges.filter(edge => edge.to === clientIndex && edge.from !== clientIndex);
    this.#missing = new Set(senders.map(edge => edge.from));
  }

  failed(error: InferenceError, now: number): void {
    this.failures++;
    this.failingSince ??= now;
    this.lastError = error;
  }

  /** Every stage that hears from the client, with its part of the inputs. */
  frames(): readonly ClientFrame[] {
    const {edges} = this.submission.deployment.stageGraph;
    const frames = new Map<number, Map<string, TensorData>>();
    for (const edge of edges) {
      if (edge.from !== clientIndex || edge.to === clientIndex) continue;
      const tensors = frames.get(edge.to) ?? new Map<string, TensorData>();
      frames.set(edge.to, tensors);
      const tensor = this.submission.tensors.get(edge.output);
      if (tensor !== undefined) tensors.set(edge.input, tensor);
    }
    return [...frames].map(([stage, tensors]) => ({stage, tensors}));
  }

  /** Takes what a stage made; false if it was not awaited (a repeat). */
  take(stage: number, tensors: NamedTensors, timings: readonly StageTiming[]): boolean {
    if (!this.#missing.delete(stage)) return false;
    for (const [name, tensor] of tensors) this.#outputs.set(name, tensor);
    for (const timing of timings) this.#timings.set(timing.stage, timing);
    return true;
  }

  get complete(): boolean {
    return this.#missing.size === 0;
  }

  get timings(): readonly StageTiming[] {
    return [...this.#timings.values()].sort((a, b) => a.stage - b.stage);
  }

  /** In the network's order; an output that is an input is the user's own tensor. */
  outputs(): NamedTensors {
    const {outputs, stageGraph} = this.submission.deployment;
    const echoes = new Map(stageGraph.edges.filter(isEcho).map(edge => [edge.input, edge.output]));
    const ordered = new Map<string, TensorData>();
    for (const {name} of outputs) {
      const echo = echoes.get(name);
      const tensor =
        echo === undefined ? this.#outputs.get(name) : this.submission.tensors.get(echo);
      if (tensor !== undefined) ordered.set(name, tensor);
    }
    return ordered;
  }
}

function isEcho(edge: Edge): boolean {
  return edge.from === clientIndex && edge.to === clientIndex;
}

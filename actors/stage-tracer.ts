import {stagePlace} from '../schemas/addresses.js';
import type {StageTiming} from '../schemas/messages/stage.js';
import type {StageRole} from '../schemas/stage-graph.js';
import type {TraceContext} from '../schemas/trace-context.js';
import {InferenceError} from '../src/errors.js';
import type {SpanEffect} from '../src/kernel/behaviour.js';
import type {Attempt} from './gathering.js';

export interface StageTracerOptions {
  readonly address: string;
  readonly name: string;
  readonly role: StageRole;
  readonly device: string;
  /** This process makes spans. Default: false. */
  readonly traces?: boolean | undefined;
}

/** An attempt, and how far it came. */
interface Traced extends Attempt {
  readonly trace?: TraceContext | undefined;
  readonly readyAt?: number;
  readonly startedAt?: number | undefined;
}

/** How it ended: one of both. */
interface End {
  readonly timing?: StageTiming;
  readonly error?: InferenceError;
}

/**
 * A span for each attempt that ends at a stage, however it ends, as a child of its request's span,
 * wherever that was made; nothing where the client does not trace the request, or this process
 * makes no spans.
 */
export class StageTracer {
  readonly #name: string;
  readonly #traces: boolean;
  readonly #attributes: Readonly<Record<string, string>>;

  constructor({address, name, role, device, traces = false}: StageTracerOptions) {
    this.#name = `stage ${name}`;
    this.#traces = traces;
    this.#attributes = {
      'heterodyne.deployment': stagePlace(address).deployment,
      'heterodyne.stage': name,
      'heterodyne.role': role,
      'heterodyne.device': device,
    };
  }

  /** Whether there will be a span of it. */
  traces({trace}: Traced): boolean {
    return this.#traces && trace !== undefined;
  }

  /** Nobody waits for it any more. */
  cancelled(of: Traced, now: number): SpanEffect[] {
    if (!this.traces(of)) return [];
    const text = 'its client does not wait for it any more';
    return this.ended(of, now, {error: new InferenceError('CANCELLED', text)});
  }

  /** Its deadline has passed. */
  expired(of: Traced, now: number): SpanEffect[] {
    if (!this.traces(of)) return [];
    const text = 'it was not done by its deadline';
    return this.ended(of, now, {error: new InferenceError('DEADLINE_EXCEEDED', text)});
  }

  /** From its last input (or the first, if not all came) to now. */
  ended(of: Traced, now: number, {timing, error}: End): SpanEffect[] {
    const {trace: parent, readyAt = now} = of;
    if (!this.#traces || parent === undefined) return [];
    const attributes = {...this.#attributes, ...ofAttempt(of), ...ofTiming(timing)};
    const times = {startedAt: readyAt, endedAt: now};
    return [{do: 'span', span: {name: this.#name, parent, ...times, attributes, error}}];
  }
}

function ofAttempt({request, attempt, readyAt = 0, startedAt}: Traced): Record<string, number> {
  const ids = {'heterodyne.request': request, 'heterodyne.attempt': attempt};
  if (startedAt === undefined) return ids;
  return {...ids, 'heterodyne.queue_us': (startedAt - readyAt) * 1000};
}

function ofTiming(timing: StageTiming | undefined): Record<string, number> {
  return timing === undefined ? {} : {'heterodyne.execute_us': timing.executeUs};
}

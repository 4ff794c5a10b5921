import type {Deployment} from '../../schemas/deployment.js';
import type {TraceContext} from '../../schemas/trace-context.js';
import type {InferenceError} from '../errors.js';

/** What one stage did for a request, on the request's own time line. */
export interface StageSpan {
  readonly name: string;
  readonly role: string;
  /** Qualified: `host-a/CPU`. */
  readonly device: string;
  readonly node: string;
  /** From the beginning of the first stage. */
  readonly startUs: number;
  readonly queueUs: number;
  readonly executeUs: number;
  /** The kernel, and its hand-over. */
  readonly runUs: number;
  /** Its host makes a span of it. */
  readonly traced: boolean;
}

export interface TracedRequest {
  /** For the stages, that their hosts may make spans of theirs; if this one's goes anywhere. */
  readonly trace?: TraceContext | undefined;
  /** Spans by their stages' indices. */
  done(end: {readonly stages: readonly StageSpan[]; readonly attempts: number}): void;
  failed(error: InferenceError): void;
}

/**
 * Hears of every request of a client, at its submission; exactly one of the answer's calls follows.
 * None of it throws.
 */
export interface RequestTracer {
  begin(deployment: Deployment, request: number): TracedRequest | undefined;
}

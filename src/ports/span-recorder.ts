import type {TraceContext} from '../../schemas/trace-context.js';
import type {InferenceError} from '../errors.js';

/** Something that has ended, for the trace that it was a part of. */
export interface EndedSpan {
  readonly name: string;
  /** The span that it is a child of, in whatever process. */
  readonly parent: TraceContext;
  /** On the clock of the process, as `endedAt`. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** It failed. */
  readonly error?: InferenceError | undefined;
}

/** Where a process's spans go. Never throws, and never waits: nobody's work may hang on it. */
export interface SpanRecorder {
  record(span: EndedSpan): void;
}

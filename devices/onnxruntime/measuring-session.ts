import type {InferenceSession} from 'onnxruntime-node';

/** A session that measures each of its operations; slower to open and to run than others. */
export interface MeasuringSession {
  readonly session: InferenceSession;
  /** Releases the session. The profile of all its runs: trace events of Chrome's format, as JSON. */
  end(): Promise<string>;
}

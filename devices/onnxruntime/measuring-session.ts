import type {InferenceSession} from 'onnxruntime-node';

/** A session that measures each of its operations; slower to open and to run than others. */
export interface MeasuringSession {
  readonly session: InferenceSession;
  /**
   * Releases the session. The profile of all its runs: trace events of Chrome's format, as JSON; empty
   * if it is larger than `profileBytesMax`.
   */
  end(): Promise<string>;
}

/** About 500,000 kernels, such as loops of many rounds run. */
export const profileBytesMax = 2 ** 28;

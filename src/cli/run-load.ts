import type {ExecutableNetwork} from '../client/executable-network.js';
import type {InferRequest, Inputs, Outputs} from '../client/infer-request.js';
import type {Clock} from '../ports/clock.js';

export interface LoadOptions {
  /** Infer requests in flight. */
  readonly requests: number;
  /** No inference begins after this many, or after `durationMs`, whichever comes first. */
  readonly inferencesMax: number;
  readonly durationMs: number;
  readonly clock: Clock;
  /** Whether operations are measured (see PERF_COUNT); false if left out. */
  readonly profile?: boolean;
  inputsOf(inference: number): Inputs;
  onDone(inference: number, outputs: Outputs, latencyMs: number, request: InferRequest): void;
}

export interface LoadResult {
  readonly count: number;
  /** From the first start to the last end. */
  readonly elapsedMs: number;
}

/**
 * Keeps `requests` infer requests busy (closed loop: each starts again when it ends). Rejects with
 * the first error, when all have ended.
 */
export async function runLoad(
  executable: ExecutableNetwork,
  options: LoadOptions,
): Promise<LoadResult> {
  const {clock, durationMs, inferencesMax, profile = false} = options;
  const startedAt = clock.now();
  let begun = 0;
  let failed = false;
  const mayBegin = () => !failed && begun < inferencesMax && clock.now() - startedAt < durationMs;
  const keepBusy = async (): Promise<void> => {
    const request = executable.createInferRequest();
    while (mayBegin()) {
      const inference = begun++;
      const at = clock.now();
      const outputs = await request.infer(options.inputsOf(inference), {profile});
      options.onDone(inference, outputs, clock.now() - at, request);
    }
  };
  const busy = Array.from({length: options.requests}, () =>
    keepBusy().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  const ends = await Promise.allSettled(busy);
  const rejected = ends.find(end => end.status === 'rejected');
  if (rejected !== undefined) throw rejected.reason;
  return {count: begun, elapsedMs: clock.now() - startedAt};
}

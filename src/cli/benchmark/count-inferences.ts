import type {ExecutableNetwork} from '../../client/executable-network.js';
import type {Inputs} from '../../client/infer-request.js';
import type {PerformanceCounts} from '../../client/performance-counts.js';
import type {Clock} from '../../ports/clock.js';
import {runLoad} from '../run-load.js';

/** Fewer would say little. */
const inferencesMin = 5;

/**
 * Runs inferences that are measured, one for each request but one after the other, and after the
 * benchmark: measuring takes time of its own, which others would wait for.
 */
export async function countInferences(
  executable: ExecutableNetwork,
  {
    requests,
    inputs,
    clock,
  }: {
    readonly requests: number;
    readonly inputs: Inputs;
    readonly clock: Clock;
  },
): Promise<readonly PerformanceCounts[]> {
  const counts: PerformanceCounts[] = [];
  await runLoad(executable, {
    requests: 1,
    inferencesMax: Math.max(inferencesMin, requests),
    durationMs: Number.POSITIVE_INFINITY,
    clock,
    profile: true,
    inputsOf: () => inputs,
    onDone(_inference, _outputs, _latencyMs, request) {
      counts.push(request.getPerformanceCounts());
    },
  });
  return counts;
}

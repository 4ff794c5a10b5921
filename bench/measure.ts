import type {Contender, Workload} from './contenders/contender.js';
import {processorTimeMs} from './processor-time.js';

export interface Throughput {
  /** Inferences per second. */
  readonly perSecond: number;
  /** Processor time for each, of all processes together. */
  readonly processorMs: number;
}

/**
 * The throughput of a closed loop with `inFlight` of them at once. What ends in the first
 * `settleMs` is not counted; the clock runs for `durationMs` from then on, and what is in flight
 * when it stops is waited for and not counted.
 */
export async function measureThroughput(
  contender: Contender,
  {inFlight, inputs}: Workload,
  times: {readonly settleMs: number; readonly durationMs: number},
): Promise<Throughput> {
  const startMs = processorTimeMs();
  const from = performance.now() + times.settleMs;
  const until = from + times.durationMs;
  let begun = 0;
  let counted = 0;
  const keepBusy = async (slot: number) => {
    for (let now = performance.now(); now < until; ) {
      await contender.infer(slot, begun++ % inputs.length);
      now = performance.now();
      if (now >= from && now < until) counted++;
    }
  };
  await Promise.all(Array.from({length: inFlight}, (_, slot) => keepBusy(slot)));
  return {
    perSecond: (counted / times.durationMs) * 1000,
    processorMs: (processorTimeMs() - startMs) / begun,
  };
}

/** Milliseconds from call to result, one inference after the other, for `durationMs`. */
export async function measureLatencies(
  contender: Contender,
  {inputs}: Workload,
  durationMs: number,
): Promise<readonly number[]> {
  const latencies: number[] = [];
  const until = performance.now() + durationMs;
  for (let at = performance.now(); at < until; ) {
    await contender.infer(0, latencies.length % inputs.length);
    const end = performance.now();
    latencies.push(end - at);
    at = end;
  }
  return latencies;
}

import {availableParallelism} from 'node:os';
import {Core} from '../src/app/core.js';
import {startCluster} from './cluster.js';
import {describeMachine} from './machine.js';
import type {Parameters} from './parameters.js';
import type {BenchResult, WorkloadResult} from './result.js';
import {runWorkload} from './run-workload.js';
import {workloads} from './workloads.js';

/** Runs everything, side by side; `note` is told of what begins. */
export async function runBench(
  parameters: Parameters,
  note: (line: string) => void,
): Promise<BenchResult> {
  const at = new Date().toISOString();
  const machine = describeMachine();
  note('Starting a cluster …');
  const cluster = await startCluster();
  const embedded = await Core.embedded({devices: ['CPU']});
  try {
    const results: WorkloadResult[] = [];
    for (const workload of workloads(parameters, availableParallelism())) {
      note(`Measuring ${workload.name}: ${parameters.rounds} rounds …`);
      results.push(await runWorkload(workload, parameters, {embedded, cluster}));
    }
    return {at, machine, parameters, workloads: results};
  } finally {
    await embedded.close();
    await cluster.close();
  }
}

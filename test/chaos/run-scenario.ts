import {line} from '../support/cluster-networks.js';
import {startClusterProcesses} from '../support/cluster-processes.js';
import type {Cleanup} from '../support/heterodyne-process.js';
import {ChaosLoad} from './chaos-load.js';
import type {Scenario, ScenarioResult} from './scenario.js';

/** Successes before the harm, and after it. */
const warmUp = 200;
const proof = 500;

/** Starts the processes, puts load on, does the harm, and sees what became of every request. */
export async function runScenario(t: Cleanup, scenario: Scenario): Promise<ScenarioResult> {
  const {name, device, config = {}, requests = 16, timeoutMs = 20_000} = scenario;
  const cluster = await startClusterProcesses(t, servers => scenario.commands(servers, t));
  const core = await cluster.connect();
  const executable = await core.loadNetwork(await core.readNetwork(line()), device, config);
  const load = new ChaosLoad(executable, {requests, timeoutMs});
  let harmedAt: number;
  try {
    await load.more(warmUp);
    harmedAt = await scenario.harm({t, cluster, core, load});
    await load.more(proof);
  } finally {
    await load.stop();
  }
  return {name, ...load.counts, recoveryMs: Math.round(load.recoveryMs(harmedAt))};
}

import {InferenceError} from '../errors.js';
import {labelled, type Metric} from '../ports/metrics.js';
import type {FromDeviceProcess, ToDeviceProcess} from './device-process-messages.js';
import {joinCluster} from './join-cluster.js';
import {OpenTelemetryRecorder} from './open-telemetry-recorder.js';
import {createPlugin} from './plugins.js';
import {processMetrics} from './process-metrics.js';
import {registeredOpenTelemetry} from './registered-open-telemetry.js';
import {standardLog} from './standard-log.js';
import {startDevices} from './start-devices.js';
import {systemRandom} from './system-world.js';

/*
 * The process of one plugin on a node. A native crash costs this process, and so one kind of
 * device, not the host. It ends when its node says so, and when its node is gone.
 */

interface Running {
  metrics(): readonly Metric[];
  /** `gently`: once others have its work. */
  close(gently: boolean): Promise<void>;
}

type Start = ToDeviceProcess & {readonly kind: 'start'};

/** One that is asked to stop while it starts has this long to come up, and leave in order. */
const startTimeoutMs = 2000;
/** And to end from then on, serving others first; for longer than that it waits for a plugin. */
const gentleTimeoutMs = 25_000;
/** Where nobody is left to see to it. */
const goneTimeoutMs = 10_000;

let running: Promise<Running> | undefined;
let stopping = false;

async function start(settings: Start): Promise<Running> {
  const {node, plugin, connect, cache, restarts, logLevel} = settings;
  const log = standardLog(logLevel, {node, plugin});
  const api = await registeredOpenTelemetry(log);
  const spans = api && new OpenTelemetryRecorder({api, node, log});
  const joined = await joinCluster(connect, log, spans);
  const engine = await createPlugin(plugin);
  // The node starts this process again, and the coordinator lays out what it ran.
  const onStuck = () => process.exit(1);
  const started = await startDevices({
    ...joined,
    ...{node, plugin: engine, cache, log, restarts, onStuck},
    random: systemRandom,
  });
  joined.transport.onStatus(status => {
    if (status === 'closed' && !stopping) process.exit(1);
  });
  await joined.transport.checkListening();
  tell({kind: 'ready', devices: started.devices.map(({name}) => name)});
  return {
    metrics() {
      const metrics = [...joined.system.metrics(), ...processMetrics()];
      return labelled(metrics, {process: engine.name});
    },
    async close(gently) {
      if (gently) await started.leave();
      await started.close();
      await joined.leave();
      await spans?.flush();
    },
  };
}

function tell(message: FromDeviceProcess): void {
  if (process.connected) process.send?.(message);
}

async function stop(gently: boolean): Promise<void> {
  // A plugin that does not close must not keep its process: the node that would kill it may be gone.
  setTimeout(() => process.exit(0), gently ? gentleTimeoutMs : goneTimeoutMs).unref();
  if (stopping) return;
  stopping = true;
  // A plugin that never comes up must not keep its process.
  const late = setTimeout(() => process.exit(0), startTimeoutMs);
  const started = await running?.catch(() => undefined);
  clearTimeout(late);
  await started?.close(gently);
  process.exit(0);
}

/** One that has not started yet has nothing to tell. */
async function tellMetrics(): Promise<void> {
  const started = await running?.catch(() => undefined);
  tell({kind: 'metrics', metrics: started?.metrics() ?? []});
}

process.on('message', (message: ToDeviceProcess) => {
  if (message.kind === 'metrics') {
    void tellMetrics();
    return;
  }
  if (message.kind === 'stop') {
    void stop(true);
    return;
  }
  running = start(message);
  running.catch((thrown: unknown) => {
    const failed: FromDeviceProcess = {
      kind: 'failed',
      error: InferenceError.from(thrown).toWire(),
    };
    process.send?.(failed, () => process.exit(1));
  });
});
process.on('disconnect', () => void stop(false));
process.on('SIGTERM', () => void stop(true));
// The terminal sends an interrupt to the whole group; the node decides when this process ends.
process.on('SIGINT', () => {});

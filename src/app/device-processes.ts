import {type ChildProcess, fork} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {InferenceError} from '../errors.js';
import type {Metric} from '../ports/metrics.js';
import type {TaskExecutor} from '../ports/task-executor.js';
import type {FromDeviceProcess, ToDeviceProcess} from './device-process-messages.js';

/** A device that leaves serves on for a while. */
const stopTimeoutMs = 25_000;
/** A device process that does not tell its metrics in time is left out. */
const metricsMsMax = 2_000;

/** How the start of a device process went. */
type Started = Exclude<FromDeviceProcess, {readonly kind: 'metrics'}>;

interface Waiting {
  resolve(devices: readonly string[]): void;
  reject(error: InferenceError): void;
}

/** Runs device processes; a task is a plugin's name and ends, well, when its process has ended. */
export class DeviceProcesses implements TaskExecutor {
  readonly slots = Number.POSITIVE_INFINITY;
  readonly #start: (plugin: string, restarts: number) => ToDeviceProcess;
  /** What each plugin last named its devices. */
  readonly #devices = new Map<string, readonly string[]>();
  /** How often each has been started. */
  readonly #starts = new Map<string, number>();
  readonly #running = new Map<string, ChildProcess>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #givenUp = new Set<string>();
  #collecting: Promise<readonly Metric[]> | undefined;
  #closing = false;

  constructor(start: (plugin: string, restarts: number) => ToDeviceProcess) {
    this.#start = start;
  }

  /** The devices of all plugins, once each has started. */
  async firstReady(plugins: readonly string[]): Promise<readonly string[]> {
    const devices = plugins.map(plugin => {
      return new Promise<readonly string[]>((resolve, reject) => {
        this.#waiting.set(plugin, {resolve, reject});
      });
    });
    return (await Promise.all(devices)).flat();
  }

  async run(task: unknown): Promise<string> {
    const plugin = String(task);
    if (this.#closing) return 'the node is closing';
    const child = fork(fileURLToPath(new URL('./device-process.js', import.meta.url)), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#running.set(plugin, child);
    let failure = '';
    child.on('message', (message: FromDeviceProcess) => {
      if (message.kind === 'metrics') return;
      if (message.kind === 'failed') failure = `${message.error.code}: ${message.error.message}`;
      this.#onMessage(plugin, message);
    });
    const ended = endOf(child);
    const restarts = this.#starts.get(plugin) ?? 0;
    this.#starts.set(plugin, restarts + 1);
    child.send(this.#start(plugin, restarts));
    const how = await ended;
    this.#running.delete(plugin);
    const why = failure || how;
    const text = `the process of ${plugin} ended: ${why}`;
    this.#waiting.get(plugin)?.reject(new InferenceError('DEVICE_LOST', text));
    return why;
  }

  /** It is not started again; gives the devices that are gone with it. */
  giveUp(plugin: string): readonly string[] {
    this.#givenUp.add(plugin);
    return this.#devices.get(plugin) ?? [];
  }

  /** Who asks while the processes are being asked gets the same. */
  metrics(): Promise<readonly Metric[]> {
    this.#collecting ??= this.#collect().finally(() => {
      this.#collecting = undefined;
    });
    return this.#collecting;
  }

  async #collect(): Promise<readonly Metric[]> {
    const told = await Promise.all([...this.#running.values()].map(metricsOf));
    const plugins = [...this.#starts.keys()];
    const byPlugin = (value: (plugin: string) => number) =>
      plugins.map(plugin => ({labels: {plugin}, value: value(plugin)}));
    return [
      {
        type: 'gauge',
        name: 'heterodyne_device_process_up',
        help: "Whether a plugin's process runs.",
        samples: byPlugin(plugin => Number(this.#running.has(plugin))),
      },
      {
        type: 'gauge',
        name: 'heterodyne_device_process_given_up',
        help: "Whether a plugin's process ended too often to be started again.",
        samples: byPlugin(plugin => Number(this.#givenUp.has(plugin))),
      },
      {
        type: 'counter',
        name: 'heterodyne_device_process_restarts_total',
        help: "How often a plugin's process was started again.",
        samples: byPlugin(plugin => (this.#starts.get(plugin) ?? 1) - 1),
      },
      ...told.flat(),
    ];
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#running.values()].map(stopChild));
  }

  #onMessage(plugin: string, message: Started): void {
    const waiting = this.#waiting.get(plugin);
    this.#waiting.delete(plugin);
    if (message.kind === 'ready') {
      this.#devices.set(plugin, message.devices);
      waiting?.resolve(message.devices);
    } else waiting?.reject(InferenceError.fromWire(message.error));
  }
}

/** Settles with how a child has ended, or why it could not be started. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    child.once('exit', (code, signal) => {
      resolve(signal === null ? `exit status ${code}` : `signal ${signal}`);
    });
    // Of one that runs, a message could not be sent: it is ending, and its exit follows.
    child.on('error', ({message}) => {
      if (child.pid === undefined) resolve(message);
    });
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = endOf(child);
  if (child.connected) child.send({kind: 'stop'} satisfies ToDeviceProcess);
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await ended;
  clearTimeout(timer);
}

async function metricsOf(child: ChildProcess): Promise<readonly Metric[]> {
  if (!child.connected) return [];
  return new Promise(resolve => {
    const settle = (metrics: readonly Metric[]) => {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(metrics);
    };
    const onMessage = (message: FromDeviceProcess) => {
      if (message.kind === 'metrics') settle(message.metrics);
    };
    const onExit = () => settle([]);
    const timer = setTimeout(onExit, metricsMsMax);
    child.on('message', onMessage);
    child.once('exit', onExit);
    child.send({kind: 'metrics'} satisfies ToDeviceProcess, error => {
      if (error !== null) onExit();
    });
  });
}

import type {OperationSupport} from '../../schemas/device.js';
import type {Metrics} from '../../schemas/metrics.js';
import {InferenceError} from '../../src/errors.js';
import {parseConfig} from '../../src/plugin/config.js';
import type {
  Config,
  ExecutableNetwork,
  NetworkSource,
  Plugin,
  PluginDevice,
} from '../../src/plugin/plugin.js';
import {packageVersion} from '../onnxruntime/package-version.js';
import {OnnxRuntimePlugin} from '../onnxruntime/plugin.js';
import {type Found, findDevices} from './find-devices.js';
import type {GpuWorkerData, Placement, Provider} from './placement.js';
import type {ProbeOptions} from './probe.js';
import {ThreadLock} from './thread-lock.js';

export interface GpuPluginOptions extends ProbeOptions {
  /** In the order of preference. */
  readonly providers: readonly Provider[];
}

/** Streams that AUTO chooses: each holds the weights once more in the device's memory. */
const streamsAutoMax = 2;

interface Open {
  readonly found: Found;
  /** By the device's id. */
  readonly devices: ReadonlyMap<string, OnnxRuntimePlugin>;
}

/** Graphics processors, through the provider of ONNX Runtime that really works on this host. */
export class GpuPlugin implements Plugin {
  readonly name = 'GPU';
  readonly version = packageVersion('onnxruntime-node');
  readonly #options: GpuPluginOptions;
  readonly #lock = ThreadLock.memory();
  #open: Promise<Open> | undefined;

  constructor(options: GpuPluginOptions) {
    this.#options = options;
  }

  async devices(): Promise<readonly PluginDevice[]> {
    const {found, devices} = await this.#opened();
    return [...devices.keys()].map((id, index) => ({
      id,
      fullName: fullNameOf(found.devices[index]),
      capabilities: ['FP32', 'FP16'],
    }));
  }

  /** ONNX Runtime does not tell what the device is, but by what it reaches it. */
  async getMetrics(): Promise<Metrics> {
    const {found} = await this.#opened();
    const [first] = found.devices;
    return {
      DEVICE_ARCHITECTURE: first?.provider.name,
      DEVICE_TYPE: undefined,
      OPTIMAL_NUMBER_OF_INFER_REQUESTS: streamsOf(first),
      RANGE_FOR_ASYNC_INFER_REQUESTS: [1, streamsOf(first), 1],
    };
  }

  async queryNetwork(network: NetworkSource, config: Config): Promise<readonly OperationSupport[]> {
    return (await this.#device(config)).queryNetwork(network, config);
  }

  async loadNetwork(network: NetworkSource, config: Config): Promise<ExecutableNetwork> {
    return (await this.#device(config)).loadNetwork(network, config);
  }

  async close(): Promise<void> {
    const open = await this.#open;
    await Promise.all([...(open?.devices.values() ?? [])].map(device => device.close()));
    this.#open = undefined;
  }

  async #device(config: Config): Promise<OnnxRuntimePlugin> {
    const {DEVICE_ID: id} = parseConfig(config);
    const {found, devices} = await this.#opened();
    const device = devices.get(id) ?? (id === '' ? devices.get('0') : undefined);
    if (device !== undefined) return device;
    const absent = [...found.absent].map(([provider, why]) => `${provider}: ${why}`);
    const text = `expected a GPU, given '${id}'; there are ${devices.size}. ${absent.join('; ')}`;
    throw new InferenceError('UNKNOWN_DEVICE', text);
  }

  #opened(): Promise<Open> {
    this.#open ??= this.#find();
    return this.#open;
  }

  async #find(): Promise<Open> {
    const found = await findDevices(this.#options.providers, this.#options);
    const single = found.devices.length === 1;
    const entries = found.devices.map(placement => {
      const id = single ? '' : String(placement.device);
      return [id, this.#pluginOf(placement)] as const;
    });
    return {found, devices: new Map(entries)};
  }

  #pluginOf(placement: Placement): OnnxRuntimePlugin {
    return new OnnxRuntimePlugin({
      name: this.name,
      version: this.version,
      fullName: fullNameOf(placement),
      capabilities: [],
      threaded: false,
      parallelism: streamsOf(placement),
      kernelWorker: new URL('./kernel-worker.js', import.meta.url),
      serviceWorker: new URL('./service-worker.js', import.meta.url),
      workerData: {placement, lock: this.#lock} satisfies GpuWorkerData,
    });
  }
}

function streamsOf(placement: Placement | undefined): number {
  return placement?.provider.concurrent ? streamsAutoMax : 1;
}

function fullNameOf(placement: Placement | undefined): string {
  return `device ${placement?.device ?? 0} of ONNX Runtime's ${placement?.provider.name} provider`;
}

import type {ImportSupport, RuntimeRequirements} from '../../schemas/compiled-network.js';
import type {OperationSupport} from '../../schemas/device.js';
import type {Metrics} from '../../schemas/metrics.js';
import type {InferenceCounters} from '../../schemas/performance-counters.js';
import type {RuntimeGraph} from '../../schemas/runtime-graph.js';
import type {NamedTensors, TensorInfo} from '../../schemas/tensor.js';

/** A network, whole or a stage of one, as a plugin gets it. */
export interface NetworkSource {
  /** A serialised ModelProto. */
  readonly model: Uint8Array;
  /** The file with the tensors that `model` keeps outside itself, under the location `weights.bin`. */
  readonly weightsFile: string | undefined;
}

/** A network as a plugin compiled it, for another process to import. */
export interface CompiledNetwork {
  /** In the plugin's own format. */
  readonly content: Uint8Array;
  /** The file with what `content` keeps outside itself. */
  readonly weightsFile: string | undefined;
}

export type Config = Readonly<Record<string, string | number | boolean>>;

export interface PluginDevice {
  /** Empty if it is the only one of its kind on the host; else `0`, `1`, … */
  readonly id: string;
  readonly fullName: string;
  readonly capabilities: readonly string[];
}

/**
 * Knows one kind of device. Its methods never block the thread: heavy work goes to workers. Of a
 * plugin with several devices, config DEVICE_ID says which one a query or a load is for.
 */
export interface Plugin {
  /** The kind: `CPU`. */
  readonly name: string;
  readonly version: string;
  /** The devices of this kind on this host, found by really trying; none is a valid answer. */
  devices(): Promise<readonly PluginDevice[]>;
  /**
   * What the device says about itself where that differs from a processor's kernels (see
   * `deviceProperties`; undefined takes a metric away), and metrics of the plugin's own.
   */
  getMetrics?(deviceId: string): Promise<Metrics>;
  /** Config keys of the plugin's own, with what each is when left out. */
  getConfig?(deviceId: string): Promise<Config>;
  /** For each operation of `network`, whether `loadNetwork` would take it, and why not. */
  queryNetwork(network: NetworkSource, config: Config): Promise<readonly OperationSupport[]>;
  /** Rejects with COMPILE_FAILED, INVALID_CONFIG_VALUE or UNKNOWN_CONFIG_KEY. */
  loadNetwork(network: NetworkSource, config: Config): Promise<ExecutableNetwork>;
  /**
   * What networks need that are exported here. A plugin has this and the two methods below, or none
   * of them: then its networks travel as ONNX and are compiled where they arrive.
   */
  runtimeRequirements?(): Promise<RuntimeRequirements>;
  /** Whether `importNetwork` would take what was exported under these requirements. */
  canImport?(requirements: RuntimeRequirements): Promise<ImportSupport>;
  /**
   * Takes what `exportNetwork` gave, here or elsewhere, and does not compile it again. Rejects with
   * INVALID_BLOB for what is none, FILE_UNREADABLE, and for `config` as `loadNetwork`.
   */
  importNetwork?(compiled: CompiledNetwork, config: Config): Promise<ExecutableNetwork>;
  /** Config keys that change what is compiled; all of them if left out. */
  readonly cachingProperties?: readonly string[];
  close(): Promise<void>;
}

/** One inference given to a device. */
export interface Inference {
  readonly tensors: NamedTensors;
  /** The tensors' buffers may be given away. */
  readonly owned: boolean;
  /** Operations' times are wanted, if the network was loaded with PERF_COUNT. */
  readonly profile: boolean;
}

export interface InferenceResult {
  readonly tensors: NamedTensors;
  /** Microseconds inside the kernel, without queueing and transfer. */
  readonly executeUs: number;
  /** Where they were asked for, and the device measures. */
  readonly counters?: InferenceCounters;
}

/** A network compiled for one device. */
export interface ExecutableNetwork {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Inferences that run at the same time: NUM_STREAMS. */
  readonly slots: number;
  /**
   * Runs `inference` on a kernel of its own; more than `slots` at once wait inside. `tensors` holds
   * every input, and overridable initializers where the request brings them. Rejects with
   * STAGE_FAILED if the kernel does, DEVICE_LOST if the kernel's worker died.
   */
  infer(inference: Inference): Promise<InferenceResult>;
  /**
   * What the device made of the network; the host adds times and types. Undefined, or left out, if
   * the device does not tell.
   */
  getRuntimeGraph?(): Promise<RuntimeGraph | undefined>;
  /**
   * What was compiled, for `importNetwork`; undefined if it cannot be exported. `folder` is an empty
   * one, the caller's, for the weights file and whatever else; the answer holds as long as it exists.
   */
  exportNetwork?(folder: string): Promise<CompiledNetwork | undefined>;
  /** Settles what runs, then ends the workers. */
  release(): Promise<void>;
}

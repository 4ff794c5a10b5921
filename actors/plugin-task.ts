import type {CompiledRef, RuntimeRequirements} from '../schemas/compiled-network.js';
import type {ConfigMap} from '../schemas/config.js';
import type {DeviceDescription} from '../schemas/device.js';
import type {ExportedStage} from '../schemas/exported-network.js';
import type {NetworkRef} from '../schemas/network-blob.js';
import type {StageOrigin} from '../schemas/stage-graph.js';

/** What a device asks of its plugin; done off the thread that answers messages. */
export type PluginTask =
  /** Answers DeviceProperties. */
  | {readonly kind: 'properties'; readonly device: DeviceDescription}
  | {readonly kind: 'query'; readonly network: NetworkRef; readonly config: ConfigMap}
  /** Compiles, and provides the executor named `address`; answers a LoadedStage. */
  | {
      readonly kind: 'load';
      readonly address: string;
      readonly network: NetworkRef | null;
      readonly compiled: CompiledRef | null;
      readonly config: ConfigMap;
      /** Requests that run as one. */
      readonly batch: number;
      /** Initializers that a request may bring values for. */
      readonly overridable: readonly string[];
      /** The device's full name. */
      readonly fullName: string;
    }
  /** Stores what was compiled for `address`; answers a StageExport. */
  | {readonly kind: 'export'; readonly address: string}
  /** Measures how fast the device is, once; answers `{workPerMs}`. */
  | {readonly kind: 'measure'; readonly config: ConfigMap}
  /** Answers an ImportSupport. */
  | {readonly kind: 'canImport'; readonly requirements: RuntimeRequirements}
  /** Withdraws the executor named `address` and ends its kernels. */
  | {readonly kind: 'release'; readonly address: string};

export interface LoadedStage {
  /** Inferences that run at once. */
  readonly slots: number;
  /** Inferences that may wait for one of them. */
  readonly queuedMax: number;
  readonly origin: StageOrigin;
}

/** A stage as its plugin gives it; the device knows the rest. */
export type StageExport = Pick<ExportedStage, 'network' | 'compiled' | 'config'>;

import type {ConfigMap} from '../schemas/config.js';
import type {DeviceDescription} from '../schemas/device.js';
import type {NetworkRef} from '../schemas/network-blob.js';

/** What a device asks of its plugin; done off the thread that answers messages. */
export type PluginTask =
  /** Answers DeviceProperties. */
  | {readonly kind: 'properties'; readonly device: DeviceDescription}
  | {readonly kind: 'query'; readonly network: NetworkRef; readonly config: ConfigMap}
  /** Compiles, and provides the executor named `address`; answers a LoadedStage. */
  | {
      readonly kind: 'load';
      readonly address: string;
      readonly network: NetworkRef;
      readonly config: ConfigMap;
      /** The device's full name. */
      readonly fullName: string;
    }
  /** Withdraws the executor named `address` and ends its kernels. */
  | {readonly kind: 'release'; readonly address: string};

export interface LoadedStage {
  /** Inferences that run at once. */
  readonly slots: number;
  /** Inferences that may wait for one of them. */
  readonly queuedMax: number;
  /** It was compiled before, and not now. */
  readonly fromCache: boolean;
}

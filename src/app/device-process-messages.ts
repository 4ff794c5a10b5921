import type {WireError} from '../../schemas/errors.js';
import type {LogLevel} from '../ports/log.js';
import type {Metric} from '../ports/metrics.js';
import type {ConnectOptions} from './connect-options.js';
import type {CacheOptions} from './node-cache.js';

/** What a node tells a device process that it started. Secrets travel here, not in arguments. */
export type ToDeviceProcess =
  | {
      readonly kind: 'start';
      readonly node: string;
      /** The plugin's kind of devices, or the address of its module. */
      readonly plugin: string;
      readonly connect: ConnectOptions;
      readonly cache: CacheOptions;
      /** How often it was started before. */
      readonly restarts: number;
      readonly logLevel: LogLevel;
    }
  /** Answered by its metrics. */
  | {readonly kind: 'metrics'}
  | {readonly kind: 'stop'};

/** What a device process tells its node. */
export type FromDeviceProcess =
  | {readonly kind: 'ready'; readonly devices: readonly string[]}
  | {readonly kind: 'failed'; readonly error: WireError}
  | {readonly kind: 'metrics'; readonly metrics: readonly Metric[]};

import {availableParallelism} from 'node:os';
import type {DeviceProperties, Metrics, MetricValues} from '../../schemas/metrics.js';
import {
  configProperties,
  isForDevices,
  type Mutability,
  streamsMax,
} from '../../schemas/properties.js';
import {parseConfig} from './config.js';
import type {Config, Plugin, PluginDevice} from './plugin.js';
import {resolveStreams} from './streams.js';

/** Every metric and every config key of one of a plugin's devices: its own, and what all have. */
export async function deviceProperties(
  plugin: Plugin,
  device: PluginDevice,
): Promise<DeviceProperties> {
  const own = await plugin.getMetrics?.(device.id);
  const config = {...defaultConfig(), ...(await plugin.getConfig?.(device.id))};
  const metrics = asJson({...standardMetrics(device), ...own});
  return {metrics: withListing(metrics, config), config};
}

/** What can cross a process boundary: a metric that is undefined, or a function, is none. */
function asJson(metrics: Metrics): Metrics {
  return JSON.parse(JSON.stringify(metrics));
}

/** `metrics` and what lists them, and the keys of `config`. */
export function withListing(metrics: Metrics, config: Config): Metrics {
  return {...metrics, ...listKeys(Object.keys(metrics), Object.keys(config))};
}

/** SUPPORTED_METRICS, SUPPORTED_CONFIG_KEYS and SUPPORTED_PROPERTIES over these keys. */
export function listKeys(metrics: readonly string[], config: readonly string[]) {
  const listing = ['SUPPORTED_METRICS', 'SUPPORTED_CONFIG_KEYS', 'SUPPORTED_PROPERTIES'];
  const told = [...new Set([...metrics, ...listing])];
  const mutability: [string, Mutability][] = [
    ...told.map((key): [string, Mutability] => [key, 'RO']),
    ...config.map((key): [string, Mutability] => [key, 'RW']),
  ];
  return {
    SUPPORTED_METRICS: told,
    SUPPORTED_CONFIG_KEYS: config,
    SUPPORTED_PROPERTIES: Object.fromEntries(mutability),
  } satisfies Partial<MetricValues>;
}

/** What is true of kernels on the host's processor, unless the plugin says otherwise. */
function standardMetrics({fullName, capabilities}: PluginDevice): Partial<MetricValues> {
  const throughput = parseConfig({PERFORMANCE_HINT: 'THROUGHPUT'});
  const {streams} = resolveStreams(throughput, availableParallelism());
  return {
    FULL_DEVICE_NAME: fullName,
    DEVICE_ARCHITECTURE: process.arch,
    DEVICE_TYPE: 'integrated',
    OPTIMIZATION_CAPABILITIES: capabilities,
    RANGE_FOR_ASYNC_INFER_REQUESTS: [1, streams, 1],
    RANGE_FOR_STREAMS: [1, streamsMax],
    OPTIMAL_NUMBER_OF_INFER_REQUESTS: streams,
  };
}

/** Every config key that is for devices, with its default. */
export function defaultConfig(): Config {
  const entries = Object.entries(configProperties).filter(([key]) => isForDevices(key));
  return Object.fromEntries(entries.map(([key, property]) => [key, property.default]));
}

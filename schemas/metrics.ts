import {z} from 'zod';
import {configSchema} from './config.js';
import type {Mutability, PropertyLevel} from './properties.js';

/** What a metric says, and where it can be asked for. */
export interface MetricProperty<Value, Level extends PropertyLevel = PropertyLevel> {
  readonly mutability: 'RO';
  readonly levels: readonly Level[];
  readonly schema: z.ZodType<Value>;
  readonly description: string;
}

function metric<Value, const Level extends PropertyLevel>(
  levels: readonly Level[],
  schema: z.ZodType<Value>,
  description: string,
): MetricProperty<Value, Level> {
  return {mutability: 'RO', levels, schema, description};
}

const names = z.array(z.string()).readonly();
const count = z.int().positive();
const mutability: z.ZodType<Mutability> = z.enum(['RO', 'RW']);

/** Every metric, in the Inference Engine's names. A plugin may have others of its own. */
export const metricProperties = {
  SUPPORTED_METRICS: metric(['core', 'device', 'network'], names, 'The metrics that are told.'),
  SUPPORTED_CONFIG_KEYS: metric(
    ['core', 'device', 'network'],
    names,
    'The config keys that are known.',
  ),
  SUPPORTED_PROPERTIES: metric(
    ['core', 'device', 'network'],
    z.record(z.string(), mutability),
    'Metrics (RO) and config keys (RW; RO once a network is loaded) in one.',
  ),
  AVAILABLE_DEVICES: metric(
    ['core', 'device'],
    names,
    'What can be named as a device; of a device expression, the devices that it means.',
  ),
  FULL_DEVICE_NAME: metric(['device'], z.string(), 'What the device calls itself.'),
  DEVICE_ARCHITECTURE: metric(['device'], z.string(), 'The processor that kernels are made for.'),
  DEVICE_TYPE: metric(
    ['device'],
    z.enum(['integrated', 'discrete']),
    "Whether the device shares its host's processor and memory.",
  ),
  OPTIMIZATION_CAPABILITIES: metric(['device'], names, 'Precisions it runs in, and what else.'),
  RANGE_FOR_ASYNC_INFER_REQUESTS: metric(
    ['device'],
    z.tuple([count, count, count]).readonly(),
    'Fewest and most infer requests in flight that keep the device busy, and the step.',
  ),
  RANGE_FOR_STREAMS: metric(
    ['device'],
    z.tuple([count, count]).readonly(),
    'Fewest and most streams of a stage.',
  ),
  OPTIMAL_NUMBER_OF_INFER_REQUESTS: metric(
    ['device', 'network'],
    count,
    'Infer requests in flight that keep the device, or every stage, busy.',
  ),
  NETWORK_NAME: metric(['network'], z.string(), "The network's own name."),
  EXECUTION_DEVICES: metric(['network'], names, 'The devices that run its stages.'),
  HETERO_NUMBER_OF_SUBMODELS: metric(
    ['network'],
    z.int().nonnegative(),
    'Stages that it was cut into, without pre- and postprocessing.',
  ),
  LOADED_FROM_CACHE: metric(
    ['network'],
    z.boolean(),
    'Whether no stage of it had to be compiled: all were in the caches of their nodes.',
  ),
  DEVICE_PROPERTIES: metric(
    ['network'],
    z.record(z.string(), configSchema),
    'The whole config of each device that runs its stages.',
  ),
} as const;

export type MetricKey = keyof typeof metricProperties;

export type MetricValues = {
  readonly [Key in MetricKey]: (typeof metricProperties)[Key] extends MetricProperty<infer Value>
    ? Value
    : never;
};

/** The metrics that can be asked for at `Level`. */
export type MetricKeyAt<Level extends PropertyLevel> = {
  [Key in MetricKey]: Level extends (typeof metricProperties)[Key]['levels'][number] ? Key : never;
}[MetricKey];

/** Metrics by their keys. */
export type Metrics = Readonly<Record<string, unknown>>;

/** What a device answers when it is asked for its properties. */
export const devicePropertiesSchema = z.object({
  metrics: z.record(z.string(), z.unknown()),
  /** Every config key that it takes, with what it is when left out. */
  config: configSchema,
});
export type DeviceProperties = Readonly<z.infer<typeof devicePropertiesSchema>>;

import {z} from 'zod';
import {schedulePolicies} from './deployment.js';
import {deviceIdPattern} from './device.js';
import {defaultPriority, priorities} from './priority.js';

/** Where a property can be asked for: at the core, at a device, at an executable network. */
export const propertyLevels = ['core', 'device', 'network'] as const;
export type PropertyLevel = (typeof propertyLevels)[number];

/** Read-only: a metric. Read-write: config, until a network is loaded with it. */
export type Mutability = 'RO' | 'RW';

/** What a config key takes, what it is when left out, and what it does. */
interface ConfigDefinition<Value> {
  readonly schema: z.ZodType<Value>;
  /** What `schema` takes, in words for an error message. */
  readonly expected: string;
  readonly default: NoInfer<Value>;
  readonly description: string;
}

export interface ConfigProperty<Value> extends ConfigDefinition<Value> {
  readonly mutability: 'RW';
  /** Where it may be set: for all networks, for those on a device, for one. */
  readonly levels: readonly PropertyLevel[];
}

/** A key that may be set at every level. */
function property<Value>(definition: ConfigDefinition<Value>): ConfigProperty<Value> {
  return {mutability: 'RW', levels: propertyLevels, ...definition};
}

/** A key about a network as a whole, of which no device knows. */
function policy<Value>(definition: ConfigDefinition<Value>): ConfigProperty<Value> {
  return {...property(definition), levels: ['core', 'network']};
}

function wholeNumber(min: number, max: number) {
  return {schema: z.int().min(min).max(max), expected: `a whole number from ${min} to ${max}`};
}

const boolean = {schema: z.boolean(), expected: 'true or false (YES or NO)'};

/** More streams than this on one device only cost memory. */
export const streamsMax = 256;

/** Every config key that a user can set, in the Inference Engine's names. */
export const configProperties = {
  PERFORMANCE_HINT: property({
    schema: z.enum(['LATENCY', 'THROUGHPUT', 'CUMULATIVE_THROUGHPUT']),
    expected: 'LATENCY, THROUGHPUT or CUMULATIVE_THROUGHPUT',
    default: 'LATENCY',
    description:
      'Whether one inference is to be fast, or many at once (CUMULATIVE_THROUGHPUT: over all ' +
      'devices of AUTO); decides what is AUTO.',
  }),
  PERFORMANCE_HINT_NUM_REQUESTS: property({
    ...wholeNumber(0, 65_536),
    default: 0,
    description:
      'How many infer requests are kept in flight, an upper bound of streams; 0: unknown.',
  }),
  NUM_STREAMS: property({
    schema: z.union([z.int().min(1).max(streamsMax), z.literal('AUTO')]),
    expected: `a whole number from 1 to ${streamsMax}, or AUTO`,
    default: 'AUTO',
    description: 'Inferences of a stage that run at the same time on a device.',
  }),
  INFERENCE_NUM_THREADS: property({
    ...wholeNumber(0, 1024),
    default: 0,
    description: 'Threads that all streams of a stage share out among them; 0: one per core.',
  }),
  QUEUED_MAX: property({
    ...wholeNumber(1, 65_536),
    default: 256,
    description: 'Inferences that wait for a stream; one more is refused with QUEUE_FULL.',
  }),
  EXCLUSIVE_ASYNC_REQUESTS: property({
    ...boolean,
    default: false,
    description: 'Whether requests of networks that say so run one at a time on a device.',
  }),
  DEVICE_ID: property({
    schema: z.union([z.string().regex(deviceIdPattern), z.int().nonnegative().transform(String)]),
    expected: "letters and digits such as 1, or '' for the only or the first device",
    default: '',
    description: 'Which of several devices of one kind on a host: 1 for GPU.1.',
  }),
  MODEL_DISTRIBUTION_POLICY: policy({
    schema: z.enum(['', 'PIPELINE_PARALLEL']),
    expected: "PIPELINE_PARALLEL, or '' for the order of the devices",
    default: '',
    description:
      'How HETERO distributes a network: PIPELINE_PARALLEL so that the slowest device or connection ' +
      'takes the least time.',
  }),
  LP_TRANSFORMS_MODE: policy({
    ...boolean,
    default: true,
    description:
      'Whether quantised networks are transformed so that quantised tensors cross between stages.',
  }),
  SCHEDULE_POLICY: policy({
    schema: z.enum(schedulePolicies),
    expected: schedulePolicies.join(' or '),
    default: 'DEVICE_PRIORITY',
    description: 'Which device of MULTI a request goes to: the first that has room, or in turn.',
  }),
  ENABLE_STARTUP_FALLBACK: policy({
    ...boolean,
    default: true,
    description: 'Whether a CPU serves AUTO until the device that it chose has compiled.',
  }),
  ENABLE_RUNTIME_FALLBACK: policy({
    ...boolean,
    default: true,
    description: 'Whether AUTO and MULTI try a request that failed on one device on another.',
  }),
  MODEL_PRIORITY: policy({
    schema: z.enum(priorities),
    expected: 'LOW, MEDIUM or HIGH',
    default: defaultPriority,
    description:
      'The priority of infer requests that name none; AUTO leaves devices that a network of higher ' +
      'priority uses to it.',
  }),
  AUTO_BATCH_TIMEOUT: property({
    ...wholeNumber(0, 60_000),
    default: 1000,
    description: 'Milliseconds that a request waits for BATCH to fill up; then the part runs.',
  }),
  PERF_COUNT: property({
    ...boolean,
    default: false,
    description: 'Whether infer requests keep performance counters; those that do take longer.',
  }),
  CACHE_DIR: property({
    schema: z.string().regex(/^(\w[\w.-]{0,63})?$/),
    expected: "the name of a folder in each node's cache (letters, digits, - _ .), or '' for none",
    default: '',
    description: 'Where in its cache a node keeps what it compiled; left out: as the node says.',
  }),
} as const;

export type ConfigKey = keyof typeof configProperties;

/** A whole config: every key with its value. */
export type ConfigValues = {
  readonly [Key in ConfigKey]: (typeof configProperties)[Key] extends ConfigProperty<infer Value>
    ? Value
    : never;
};

/** Whether a device can be given a key for itself; one that is not known may be its plugin's own. */
export function isForDevices(key: string): boolean {
  if (!Object.hasOwn(configProperties, key)) return true;
  return configProperties[key as ConfigKey].levels.includes('device');
}

import type {Behaviour} from './behaviour.js';
import type {BehaviourBench} from './behaviour-bench.js';
import {BehaviourFault, expectRefused, expectSame} from './behaviour-fault.js';
import {floats, line} from './behaviour-networks.js';

const area = 'properties';

const accepted = [
  {NUM_STREAMS: 1},
  {NUM_STREAMS: 2, INFERENCE_NUM_THREADS: 2},
  {NUM_STREAMS: 'AUTO'},
  {PERFORMANCE_HINT: 'THROUGHPUT', PERFORMANCE_HINT_NUM_REQUESTS: 2},
  {PERFORMANCE_HINT: 'LATENCY'},
  {PERF_COUNT: true},
  {EXCLUSIVE_ASYNC_REQUESTS: true},
  {QUEUED_MAX: 1},
] as const;

async function runs(bench: BehaviourBench, config: (typeof accepted)[number]): Promise<void> {
  const executable = await bench.load(line(), config);
  const {y} = await executable.createInferRequest().infer({x: floats([1, 2], [1, 2])});
  expectSame(`output with ${JSON.stringify(config)}`, y?.data, Float32Array.of(3, 5));
  await executable.release();
}

export const properties: readonly Behaviour[] = [
  {
    area,
    name: 'every device tells its full name and what it is capable of',
    async run(bench) {
      for (const {name, fullName, capabilities} of await bench.core.getDeviceDescriptions()) {
        if (fullName !== '' && capabilities.length > 0) continue;
        throw new BehaviourFault(`${name}: expected a full name and capabilities`);
      }
    },
  },
  {
    area,
    name: 'every metric and config key that it lists is told, and no other',
    async run({core, device}) {
      const metrics = await core.getMetric(device, 'SUPPORTED_METRICS');
      for (const key of metrics) await core.getMetric(device, key);
      const keys = await core.getMetric(device, 'SUPPORTED_CONFIG_KEYS');
      for (const key of keys) await core.getConfig(device, key);
      const unknown = () => core.getMetric(device, 'NO_SUCH_METRIC');
      await expectRefused('NO_SUCH_METRIC', 'UNKNOWN_METRIC', unknown);
    },
  },
  {
    area,
    name: 'an executable network tells how many requests to make and what it was loaded with',
    async run(bench) {
      const executable = await bench.load(line(), {NUM_STREAMS: 2});
      const optimal = executable.getMetric('OPTIMAL_NUMBER_OF_INFER_REQUESTS');
      if (!(optimal >= 2))
        throw new BehaviourFault(`expected 2 requests or more, given ${optimal}`);
      expectSame('NUM_STREAMS', executable.getConfig('NUM_STREAMS'), 2);
      for (const key of executable.getMetric('SUPPORTED_METRICS')) {
        executable.getMetric(key as 'NETWORK_NAME');
      }
      const unknown = () => executable.getMetric('NO_SUCH_METRIC' as 'NETWORK_NAME');
      await expectRefused('NO_SUCH_METRIC', 'UNKNOWN_METRIC', unknown);
      await expectRefused('a key', 'READ_ONLY_KEY', () => executable.setConfig({NUM_STREAMS: 1}));
    },
  },
  {
    area,
    name: 'every config key is taken, and what it is set to changes no result',
    async run(bench) {
      for (const config of accepted) await runs(bench, config);
    },
  },
  {
    area,
    name: 'an unknown config key is refused with the key that was meant',
    async run(bench) {
      const call = () => bench.load(line(), {NUM_STREAM: 2});
      const {message} = await expectRefused('NUM_STREAM', 'UNKNOWN_CONFIG_KEY', call);
      if (!message.includes('NUM_STREAMS')) {
        throw new BehaviourFault(`expected NUM_STREAMS to be suggested, given: ${message}`);
      }
    },
  },
  {
    area,
    name: 'config values out of range or of another type are refused',
    async run(bench) {
      for (const config of [{NUM_STREAMS: 0}, {NUM_STREAMS: 1.5}, {PERFORMANCE_HINT: 'FAST'}]) {
        const call = () => bench.load(line(), config);
        await expectRefused(JSON.stringify(config), 'INVALID_CONFIG_VALUE', call);
      }
    },
  },
];

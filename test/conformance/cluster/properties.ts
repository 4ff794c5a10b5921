import {metricProperties} from '../../../schemas/metrics.js';
import {isForDevices} from '../../../schemas/properties.js';
import {configProperties, type ExecutableNetwork} from '../../../src/index.js';
import {line} from '../../support/cluster-networks.js';
import {type Check, load, rejects} from './check.js';

/** Streams of each stage, by the kind of its device. */
function streamsOf({variants}: ExecutableNetwork): Readonly<Record<string, number | undefined>> {
  const stages = variants.flatMap(({stageGraph}) => stageGraph.stages);
  const entries = stages.flatMap(({replicas}) =>
    replicas.map(({device, slots}) => [device.split('/')[1] ?? device, slots] as const),
  );
  return Object.fromEntries(entries);
}

/** An affinity that cuts `line` between two devices. */
const cut = {Mul_0: 'WASM', shift: 'CPU'};

export function properties(check: Check): void {
  check(
    'every metric that a device lists is told, of the type that is promised',
    async (t, core) => {
      for (const device of ['CPU', 'WASM', 'HETERO:WASM,CPU']) {
        for (const key of await core.getMetric(device, 'SUPPORTED_METRICS')) {
          const value = await core.getMetric(device, key);
          const {schema} = metricProperties[key as keyof typeof metricProperties];
          t.true(schema.safeParse(value).success, `${key} of ${device}`);
        }
      }
      t.is(await core.getMetric('WASM', 'DEVICE_ARCHITECTURE'), 'wasm32');
      t.deepEqual(
        await core.getMetric('CPU', 'SUPPORTED_CONFIG_KEYS'),
        Object.keys(configProperties).filter(isForDevices),
      );
    },
  );

  check('a metric that no device has is refused with the nearest', async (t, core) => {
    const asked = core.getMetric('CPU', 'FULL_DEVICE_NAMES');
    await rejects(t, asked, 'UNKNOWN_METRIC', 'did you mean FULL_DEVICE_NAME?');
    await rejects(t, core.getMetric('CPUU', 'FULL_DEVICE_NAME'), 'UNKNOWN_DEVICE', 'CPU');
  });

  check(
    'config for one device reaches its stages, through HETERO and through MULTI',
    async (t, core) => {
      const config = {NUM_STREAMS: 1, 'CPU.NUM_STREAMS': 3};
      const split = await load(t, core, line(), 'HETERO:WASM,CPU', {config, affinity: cut});
      t.deepEqual(streamsOf(split), {WASM: 1, CPU: 3});
      t.is(split.getConfig('NUM_STREAMS'), 1);
      const told = Object.entries(split.getMetric('DEVICE_PROPERTIES'));
      t.deepEqual(
        told.map(([device, {NUM_STREAMS}]) => [device.split('/')[1], NUM_STREAMS]),
        [
          ['WASM', 1],
          ['CPU', 3],
        ],
      );
      const both = await load(t, core, line(), 'MULTI:WASM,CPU', {config});
      t.deepEqual(streamsOf(both), {WASM: 1, CPU: 3});
    },
  );

  check('DEVICE_PROPERTIES says the same in one key', async (t, core) => {
    const network = await core.readNetwork(line());
    const executable = await core.loadNetwork(network, 'MULTI:WASM,CPU', {
      DEVICE_PROPERTIES: {CPU: {NUM_STREAMS: '2'}, WASM: {NUM_STREAMS: 1}},
    });
    t.teardown(() => executable.release());
    t.deepEqual(streamsOf(executable), {WASM: 1, CPU: 2});
  });

  check(
    'what a client sets counts for what it loads, and less than what a load is given',
    async (t, core) => {
      const streams = async (config = {}) =>
        streamsOf(await load(t, core, line(), 'CPU', {config}))['CPU'];
      core.setConfig('CPU', {NUM_STREAMS: 2});
      t.is(await core.getConfig('CPU', 'NUM_STREAMS'), 2);
      t.is(await core.getConfig('WASM', 'NUM_STREAMS'), 'AUTO');
      t.is(await streams(), 2);
      t.is(await streams({NUM_STREAMS: 1}), 1);
    },
    {own: true},
  );

  check(
    'requests that keep a network busy are as many as its stages have room for',
    async (t, core) => {
      const config = {'CPU.NUM_STREAMS': 2, 'WASM.NUM_STREAMS': 1};
      const one = await load(t, core, line(), 'CPU', {config: {NUM_STREAMS: 2}});
      const both = await load(t, core, line(), 'MULTI:WASM,CPU', {config});
      const [alone, together] = [one, both].map(each =>
        each.getMetric('OPTIMAL_NUMBER_OF_INFER_REQUESTS'),
      );
      t.true((alone ?? 0) >= 2);
      t.true((together ?? 0) > (alone ?? 0));
    },
  );
}

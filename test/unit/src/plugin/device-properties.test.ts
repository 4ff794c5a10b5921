import test from 'ava';
import {metricProperties} from '../../../../schemas/metrics.js';
import {configProperties, isForDevices} from '../../../../schemas/properties.js';
import {deviceProperties} from '../../../../src/plugin/device-properties.js';
import type {Plugin} from '../../../../src/plugin/plugin.js';

const device = {id: '1', fullName: 'a chip', capabilities: ['FP32']};

/** A plugin of which only the properties count. */
function plugin(own: Partial<Plugin> = {}): Plugin {
  return {
    name: 'CHIP',
    version: '1',
    devices: async () => [device],
    queryNetwork: async () => [],
    loadNetwork: () => Promise.reject(new Error('not here')),
    close: async () => {},
    ...own,
  };
}

test('a plugin that says nothing has what all have, of the types that are promised', async t => {
  const {metrics, config} = await deviceProperties(plugin(), device);
  t.like(metrics, {FULL_DEVICE_NAME: 'a chip', OPTIMIZATION_CAPABILITIES: ['FP32']});
  t.deepEqual(metrics['SUPPORTED_METRICS'], Object.keys(metrics));
  t.deepEqual(metrics['SUPPORTED_CONFIG_KEYS'], Object.keys(configProperties).filter(isForDevices));
  for (const [key, value] of Object.entries(metrics)) {
    const {schema, levels} = metricProperties[key as keyof typeof metricProperties];
    t.true(schema.safeParse(value).success, key);
    t.true((levels as readonly string[]).includes('device'), key);
  }
  t.is(config['NUM_STREAMS'], 'AUTO');
});

test('a plugin tells more, tells otherwise, and tells less', async t => {
  const getMetrics = async (id: string) => ({
    ...{
      CHIP_ROWS: 8,
      describe: () => 'a function',
      DEVICE_TYPE: 'discrete',
      DEVICE_ARCHITECTURE: undefined,
      ID: id,
    },
  });
  const own = plugin({getMetrics, getConfig: async () => ({CHIP_MODE: 'fast'})});
  const {metrics, config} = await deviceProperties(own, device);
  t.like(metrics, {CHIP_ROWS: 8, DEVICE_TYPE: 'discrete', ID: '1'});
  t.false('DEVICE_ARCHITECTURE' in metrics);
  t.false('describe' in metrics);
  t.false((metrics['SUPPORTED_METRICS'] as string[]).includes('DEVICE_ARCHITECTURE'));
  t.is(config['CHIP_MODE'], 'fast');
  t.true((metrics['SUPPORTED_CONFIG_KEYS'] as string[]).includes('CHIP_MODE'));
});

test('every metric and every key is described, and says where it is known', t => {
  for (const [key, property] of Object.entries({...metricProperties, ...configProperties})) {
    t.not(property.description, '', key);
    t.true(property.levels.length > 0, key);
    t.is(property.mutability, key in metricProperties ? 'RO' : 'RW');
  }
});

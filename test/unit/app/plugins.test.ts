import test from 'ava';
import {
  checkPlugin,
  createPlugin,
  defaultPlugins,
  foundPlugins,
  pluginsFor,
} from '../../../src/app/plugins.js';

test('a program has the devices that any host has', t => {
  t.deepEqual(defaultPlugins(), ['CPU', 'WASM']);
});

test('a device expression adds the kinds that only run where they are named', t => {
  t.deepEqual(pluginsFor('HETERO:TEMPLATE,CPU'), ['CPU', 'WASM', 'TEMPLATE']);
  t.deepEqual(pluginsFor('MULTI:host-a/GPU.1,CPU(2)'), ['CPU', 'WASM', 'GPU']);
  t.deepEqual(pluginsFor('AUTO'), ['CPU', 'WASM']);
});

test('a node has a GPU if and only if one really computes', async t => {
  const gpu = await createPlugin('GPU');
  t.teardown(() => gpu.close());
  const devices = await gpu.devices();
  const expected = devices.length === 0 ? ['CPU', 'WASM'] : ['GPU', 'CPU', 'WASM'];
  t.deepEqual(await foundPlugins(), expected);
});

test('a kind that nobody knows is refused with the nearest', t => {
  t.throws(() => checkPlugin('GUP'), {code: 'UNKNOWN_DEVICE', message: /did you mean 'GPU'\?/});
});

import test from 'ava';
import type {DeviceDescription} from '../../../../schemas/device.js';
import {chooseCutDevice} from '../../../../src/cli/conformance/cut-device.js';
import {InferenceError} from '../../../../src/errors.js';

const device = (kind: string): DeviceDescription => ({
  name: `host/${kind}`,
  node: 'host',
  kind,
  id: '',
  fullName: '',
  plugin: kind,
  pluginVersion: '1',
  address: `device.${kind}`,
  restarts: 0,
  capabilities: [],
});

test('another kind of device takes the other side, by name', t => {
  const devices = ['WASM', 'CPU', 'GPU'].map(device);
  t.is(chooseCutDevice('CPU', null, devices), 'GPU');
  t.is(chooseCutDevice('host/GPU', null, devices), 'CPU');
});

test('without another kind, or if that is the wish, a device takes both sides', t => {
  const devices = [device('CPU'), device('WASM')];
  t.is(chooseCutDevice('CPU', null, [device('CPU')]), 'host/CPU');
  t.is(chooseCutDevice('CPU', 'CPU', devices), 'host/CPU');
  t.is(chooseCutDevice('host/CPU', 'host/CPU', devices), 'CPU');
});

test('a wish is taken', t => {
  t.is(chooseCutDevice('CPU', 'WASM', [device('CPU'), device('GPU'), device('WASM')]), 'WASM');
});

test('networks on a virtual device are not cut once more', t => {
  t.is(chooseCutDevice('HETERO:CPU,WASM', 'CPU', [device('CPU'), device('WASM')]), null);
});

test('devices that are not there are refused', t => {
  for (const [own, wish] of [
    ['TPU', null],
    ['CPU', 'TPU'],
  ] as const) {
    const choose = () => chooseCutDevice(own, wish, [device('CPU')]);
    t.is(t.throws(choose, {instanceOf: InferenceError}).code, 'UNKNOWN_DEVICE');
  }
});

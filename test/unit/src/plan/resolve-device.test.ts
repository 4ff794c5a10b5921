import test from 'ava';
import type {DeviceDescription} from '../../../../schemas/device.js';
import {availableDevices} from '../../../../src/plan/available-devices.js';
import {type NamedDevice, parseDeviceExpression} from '../../../../src/plan/device-expression.js';
import {namedDevices, resolveDevice} from '../../../../src/plan/resolve-device.js';

function device(name: string): DeviceDescription {
  const [node = '', short = ''] = name.split('/');
  const [kind = '', id = ''] = short.split('.');
  return {
    name,
    node,
    kind,
    id,
    fullName: short,
    plugin: kind,
    pluginVersion: '1',
    address: `device.${name}`,
    restarts: 0,
    capabilities: ['FP32'],
  };
}

const cluster = ['b/CPU', 'a/CPU', 'a/WASM', 'b/GPU.0', 'b/GPU.10', 'b/GPU.2'].map(device);

function resolve(text: string): readonly string[] {
  return resolveDevice(parseDeviceExpression(text) as NamedDevice, cluster).map(({name}) => name);
}

test('a short name means a device of every node, sorted', t => {
  t.deepEqual(resolve('CPU'), ['a/CPU', 'b/CPU']);
});

test('a number means that device on any node', t => {
  t.deepEqual(resolve('GPU.2'), ['b/GPU.2']);
});

test('number 0 also means the only device of a kind', t => {
  t.deepEqual(resolve('a/WASM.0'), ['a/WASM']);
});

test('of several devices of a kind on a node, its short name means the first', t => {
  t.deepEqual(resolve('GPU'), ['b/GPU.0']);
  t.deepEqual(resolve('b/GPU'), ['b/GPU.0']);
  t.deepEqual(resolve('b/CPU'), ['b/CPU']);
});

test('all devices that a name means are told in the order of their numbers', t => {
  const gpu = parseDeviceExpression('GPU') as NamedDevice;
  const names = namedDevices(gpu, cluster).map(({name}) => name);
  t.deepEqual(names, ['b/GPU.0', 'b/GPU.2', 'b/GPU.10']);
});

test('an unknown device is told with the nearest name and all that there are', t => {
  t.throws(() => resolve('CUP'), {
    code: 'UNKNOWN_DEVICE',
    message: /given 'CUP' \(did you mean 'CPU'\?\); there are 'CPU', .*'b\/GPU.10'$/,
  });
  t.throws(() => resolve('b/WASM'), {code: 'UNKNOWN_DEVICE', message: /did you mean 'a\/WASM'/});
  t.throws(() => resolve('GPU.1'), {code: 'UNKNOWN_DEVICE'});
});

test('a cluster without devices says so', t => {
  const cpu = parseDeviceExpression('CPU') as NamedDevice;
  t.throws(() => resolveDevice(cpu, []), {code: 'UNKNOWN_DEVICE', message: /there are none$/});
});

test('one node offers short names, numbered where there are several of a kind', t => {
  t.deepEqual(availableDevices(['a/WASM', 'a/GPU.10', 'a/GPU.2', 'a/CPU'].map(device)), [
    'CPU',
    'GPU.2',
    'GPU.10',
    'WASM',
  ]);
});

test('several nodes offer short names once, then every qualified name', t => {
  t.deepEqual(availableDevices(['b/CPU', 'a/WASM', 'a/CPU'].map(device)), [
    'CPU',
    'WASM',
    'a/CPU',
    'a/WASM',
    'b/CPU',
  ]);
});

import test from 'ava';
import {configOf, parseScopedKey, sharedConfig} from '../../../../src/plan/device-config.js';

const first = {node: 'host-a', kind: 'GPU', id: '0'};
const second = {node: 'host-a', kind: 'GPU', id: '1'};
const elsewhere = {node: 'host-b', kind: 'GPU', id: '1'};
const cpu = {node: 'host-a', kind: 'CPU', id: ''};

test('a key for some devices names them before its last dot', t => {
  t.is(parseScopedKey('NUM_STREAMS'), undefined);
  t.deepEqual(parseScopedKey('host.a/GPU.1.NUM_STREAMS'), {
    device: {form: 'device', node: 'host.a', kind: 'GPU', id: '1'},
    key: 'NUM_STREAMS',
  });
});

test('what is before the dot must be a device, and no virtual one', t => {
  for (const key of ['.NUM_STREAMS', 'HETERO:CPU.NUM_STREAMS', 'AUTO.NUM_STREAMS', 'C P U.X']) {
    t.throws(() => parseScopedKey(key), {code: 'INVALID_DEVICE'}, key);
  }
});

test('a device gets what is for all, for its kind, its number and its host', t => {
  const config = {
    A: 1,
    'GPU.B': 2,
    'GPU.1.C': 3,
    'host-a/GPU.D': 4,
    'host-a/GPU.1.E': 5,
    'CPU.F': 6,
  };
  t.deepEqual(configOf(first, config), {A: 1, B: 2, D: 4});
  t.deepEqual(configOf(second, config), {A: 1, B: 2, C: 3, D: 4, E: 5});
  t.deepEqual(configOf(elsewhere, config), {A: 1, B: 2, C: 3});
  t.deepEqual(configOf(cpu, config), {A: 1, F: 6});
});

test('what is nearer to the device counts, in whatever order it comes', t => {
  const entries = [
    ['host-a/GPU.1.K', 5],
    ['host-a/GPU.K', 4],
    ['GPU.1.K', 3],
    ['GPU.K', 2],
    ['K', 1],
  ] as const;
  for (const [at, [, value]] of entries.entries()) {
    t.deepEqual(configOf(second, Object.fromEntries(entries.slice(at))), {K: value});
    t.deepEqual(configOf(second, Object.fromEntries(entries.slice(at).toReversed())), {K: value});
  }
});

test('what is for all devices is what names none', t => {
  t.deepEqual(sharedConfig({A: 1, 'CPU.B': 2}), {A: 1});
});

test('a device gets no key about the network as a whole', t => {
  const config = {MODEL_PRIORITY: 'HIGH', NUM_STREAMS: 2};
  t.deepEqual(configOf(cpu, config), {NUM_STREAMS: 2});
});

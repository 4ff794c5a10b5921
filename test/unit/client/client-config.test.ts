import test from 'ava';
import {ClientConfig} from '../../../src/client/client-config.js';

test('what is set counts for every load, and what a load is given counts more', t => {
  const config = new ClientConfig();
  config.set({NUM_STREAMS: 2, PERF_COUNT: true, 'CPU.QUEUED_MAX': 7});
  t.deepEqual(config.forLoad('CPU', {NUM_STREAMS: 3}), {
    device: 'CPU',
    config: {NUM_STREAMS: 3, PERF_COUNT: true, 'CPU.QUEUED_MAX': 7},
  });
});

test('a key that a load is given for all devices replaces what is set for some', t => {
  const config = new ClientConfig();
  config.set({'CPU.NUM_STREAMS': 4, 'CPU.QUEUED_MAX': 7});
  t.deepEqual(config.forLoad('CPU', {NUM_STREAMS: 2}).config, {
    NUM_STREAMS: 2,
    'CPU.QUEUED_MAX': 7,
  });
});

test('a set that is refused sets nothing', t => {
  const config = new ClientConfig();
  t.throws(() => config.set({NUM_STREAMS: 2, QUEUED_MAX: 0}), {code: 'INVALID_CONFIG_VALUE'});
  t.deepEqual(config.all, {});
});

test('DEVICE_ID chooses the device of its kind', t => {
  const config = new ClientConfig();
  const chosen = (device: string, given: Record<string, string | number>) =>
    config.forLoad(device, given);
  t.deepEqual(chosen('GPU', {DEVICE_ID: 1, NUM_STREAMS: 2}), {
    device: 'GPU.1',
    config: {NUM_STREAMS: 2},
  });
  t.is(chosen('GPU', {DEVICE_ID: ''}).device, 'GPU');
  t.is(chosen('GPU.1', {DEVICE_ID: '1'}).device, 'GPU.1');
  t.is(chosen('host-a/GPU', {DEVICE_ID: '1'}).device, 'host-a/GPU.1');
  t.is(chosen('HETERO:GPU,CPU', {'GPU.DEVICE_ID': 1}).device, 'HETERO:GPU.1,CPU');
  const two = 'HETERO:a/GPU,b/GPU';
  t.is(chosen(two, {'b/GPU.DEVICE_ID': 1}).device, 'HETERO:a/GPU,b/GPU.1');
  config.set({'GPU.DEVICE_ID': 2});
  t.is(chosen('GPU', {}).device, 'GPU.2');
  t.is(chosen('CPU', {}).device, 'CPU');
});

test('a DEVICE_ID that contradicts the device, or says not which, is refused', t => {
  const config = new ClientConfig();
  t.throws(() => config.forLoad('GPU.0', {DEVICE_ID: 1}), {
    code: 'INVALID_CONFIG_VALUE',
    message: /DEVICE_ID: expected 0 or nothing, got '1'/,
  });
  t.throws(() => config.forLoad('HETERO:GPU,CPU', {DEVICE_ID: 1}), {
    code: 'INVALID_CONFIG_VALUE',
    message: /GPU\.DEVICE_ID/,
  });
});

test('a key for a kind that the load does not name is refused with the nearest', t => {
  const config = new ClientConfig();
  t.throws(() => config.forLoad('HETERO:WASM,CPU', {'WSAM.NUM_STREAMS': 1}), {
    code: 'UNKNOWN_DEVICE',
    message: /WSAM\.NUM_STREAMS.*did you mean WASM\?/,
  });
  t.notThrows(() => config.forLoad('AUTO', {'WASM.NUM_STREAMS': 1}));
  config.set({'WASM.NUM_STREAMS': 1});
  t.notThrows(() => config.forLoad('CPU', {}));
});

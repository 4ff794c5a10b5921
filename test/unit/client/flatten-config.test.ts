import test from 'ava';
import {flattenConfig, type LoadConfig} from '../../../src/client/flatten-config.js';

test('DEVICE_PROPERTIES is a key for each of its devices, as an object and as JSON', t => {
  const devices = {CPU: {NUM_STREAMS: '2'}, 'host-a/GPU.1': {PERF_COUNT: 'YES', OWN_KEY: 'x'}};
  const flat = {'CPU.NUM_STREAMS': 2, 'host-a/GPU.1.PERF_COUNT': true, 'host-a/GPU.1.OWN_KEY': 'x'};
  t.deepEqual(flattenConfig({DEVICE_PROPERTIES: devices}), flat);
  t.deepEqual(flattenConfig({DEVICE_PROPERTIES: JSON.stringify(devices)}), flat);
  const {CPU: cpu} = devices;
  t.deepEqual(flattenConfig({DEVICE_PROPERTIES_CPU: cpu}), {'CPU.NUM_STREAMS': 2});
});

test('keys keep their devices, and values are read', t => {
  const config = {NUM_STREAMS: '4', 'WASM.NUM_STREAMS': 'auto', 'CPU.NUM_STREAMS': 1};
  const read = {NUM_STREAMS: 4, 'WASM.NUM_STREAMS': 'AUTO', 'CPU.NUM_STREAMS': 1};
  t.deepEqual(flattenConfig(config), read);
});

const wrong: readonly (readonly [LoadConfig, string, RegExp])[] = [
  [{NUM_STREAM: 1}, 'UNKNOWN_CONFIG_KEY', /NUM_STREAM: did you mean NUM_STREAMS\?/],
  [{'CPU.NUM_STREAMS': 0}, 'INVALID_CONFIG_VALUE', /NUM_STREAMS/],
  [{FULL_DEVICE_NAME: 'x'}, 'READ_ONLY_KEY', /FULL_DEVICE_NAME is a metric and read-only/],
  [{'CPU.DEVICE_TYPE': 'x'}, 'READ_ONLY_KEY', /DEVICE_TYPE is a metric.*known are .*DEVICE_ID/],
  [{'HETERO:CPU.NUM_STREAMS': 1}, 'INVALID_DEVICE', /HETERO/],
  [{'CPU.MODEL_PRIORITY': 'LOW'}, 'INVALID_CONFIG_VALUE', /MODEL_PRIORITY without a device/],
  [{NUM_STREAMS: {CPU: {}}}, 'INVALID_CONFIG_VALUE', /NUM_STREAMS: expected a string/],
  [{DEVICE_PROPERTIES: '{'}, 'INVALID_CONFIG_VALUE', /DEVICE_PROPERTIES: expected config keys/],
  [{DEVICE_PROPERTIES: {CPU: 4}} as never, 'INVALID_CONFIG_VALUE', /such as \{"CPU"/],
  [{DEVICE_PROPERTIES: {CPU: {NUM_STREAMS: -1}}}, 'INVALID_CONFIG_VALUE', /NUM_STREAMS.*-1/],
];

for (const [config, code, message] of wrong) {
  test(`${JSON.stringify(config)} is ${code}`, t => {
    t.throws(() => flattenConfig(config), {code, message});
  });
}

import test from 'ava';
import {findDevices} from '../../../../devices/gpu/find-devices.js';
import type {Provider} from '../../../../devices/gpu/placement.js';

/* The first half tries providers of ONNX Runtime in truth, on whatever host this is. */

const inTruth = {
  module: new URL('../../../../devices/gpu/probe-process.js', import.meta.url),
  timeoutMs: 30_000,
};

const provider = (name: string, numbered = false, exclusive = true): Provider => ({
  ...{name, numbered, exclusive, concurrent: true},
});

test('a provider that this build of ONNX Runtime has not is absent, and says why', async t => {
  const {devices, absent} = await findDevices([provider('nonsense')], inTruth);
  t.deepEqual(devices, []);
  t.regex(absent.get('nonsense') ?? '', /backend not found.*nonsense|nonsense.*not found/);
});

test('a provider that computes is found', async t => {
  const cpu = provider('cpu', false, false);
  const {devices, absent} = await findDevices([provider('nonsense'), cpu], inTruth);
  t.deepEqual(devices, [{provider: cpu, device: 0}]);
  t.deepEqual([...absent.keys()], ['nonsense']);
});

test('the providers of this package are found or absent, never more', async t => {
  const names = ['cuda', 'coreml', 'dml', 'webgpu'];
  const {devices, absent} = await findDevices(
    names.map(name => provider(name, name === 'cuda' || name === 'dml')),
    inTruth,
  );
  t.true(devices.length > 0 || absent.size === names.length);
  for (const why of absent.values()) t.not(why, '');
});

const played = {module: new URL('../../../support/gpu-probe.js', import.meta.url)};

for (const [name, why] of [
  ['crashes', 'it ended by SIGSEGV'],
  ['leaves', 'it ended by exit status 3'],
  ['hangs', 'no answer within 0.5 s'],
] as const) {
  test(`a provider that ${name} is absent, and the next one is found`, async t => {
    const options = {...played, timeoutMs: name === 'hangs' ? 500 : 30_000};
    t.deepEqual([...(await findDevices([provider(name)], options)).absent], [[name, why]]);
    const both = await findDevices([provider(name), provider('works')], {
      ...options,
      timeoutMs: 3000,
    });
    t.deepEqual(both.devices, [{provider: provider('works'), device: 0}]);
  });
}

test('devices of a provider are counted up to the first that is none', async t => {
  const works = provider('works', true);
  const {devices} = await findDevices([works], {...played, timeoutMs: 30_000});
  t.deepEqual(devices, [
    {provider: works, device: 0},
    {provider: works, device: 1},
  ]);
});

test('a probe whose module is not there is absent', async t => {
  const module = new URL('absent.js', played.module);
  const {absent} = await findDevices([provider('works')], {module, timeoutMs: 30_000});
  t.is(absent.get('works'), 'it ended by exit status 1');
});

import test from 'ava';
import type {Provider} from '../../../../devices/gpu/placement.js';
import {GpuPlugin} from '../../../../devices/gpu/plugin.js';
import {deviceProperties} from '../../../../src/plugin/device-properties.js';
import {NetworkBuilder} from '../../../support/network-builder.js';

const module = new URL('../../../support/gpu-probe.js', import.meta.url);

function pluginOf(...providers: readonly Provider[]): GpuPlugin {
  return new GpuPlugin({providers, module, timeoutMs: 30_000});
}

const works: Provider = {name: 'works', numbered: true, exclusive: true, concurrent: true};
const leaves: Provider = {...works, name: 'leaves'};

const model = new NetworkBuilder()
  .input('x', 'f32', [2])
  .node('Relu', 'x', 'y')
  .output('y')
  .bytes();
const network = {model, weightsFile: undefined};

test('two devices are told by number and by provider', async t => {
  const plugin = pluginOf(works);
  t.teardown(() => plugin.close());
  const devices = await plugin.devices();
  t.like(devices, [
    {id: '0', fullName: "device 0 of ONNX Runtime's works provider"},
    {id: '1', fullName: "device 1 of ONNX Runtime's works provider"},
  ]);
  for (const device of devices) {
    const {metrics} = await deviceProperties(plugin, device);
    t.like(metrics, {DEVICE_ARCHITECTURE: 'works', FULL_DEVICE_NAME: device.fullName});
    t.false('DEVICE_TYPE' in metrics);
  }
});

test('a provider that is lost between probe and query takes no operation, and says why', async t => {
  const plugin = pluginOf(works);
  t.teardown(() => plugin.close());
  const [support] = await plugin.queryNetwork(network, {DEVICE_ID: '1'});
  t.like(support, {supported: false});
  await t.throwsAsync(plugin.loadNetwork(network, {}), {code: 'COMPILE_FAILED', message: /works/});
});

test('without a device nothing is there, and the error has the reason of each provider', async t => {
  const plugin = pluginOf(leaves);
  t.deepEqual(await plugin.devices(), []);
  for (const work of [plugin.queryNetwork(network, {}), plugin.loadNetwork(network, {})]) {
    await t.throwsAsync(work, {
      code: 'UNKNOWN_DEVICE',
      message: /leaves: it ended by exit status 3/,
    });
  }
  await plugin.close();
});

test('a number that no device has is refused', async t => {
  const plugin = pluginOf(works);
  t.teardown(() => plugin.close());
  await t.throwsAsync(plugin.queryNetwork(network, {DEVICE_ID: '2'}), {
    code: 'UNKNOWN_DEVICE',
    message: /given '2'; there are 2/,
  });
  await t.throwsAsync(plugin.loadNetwork(network, {NUM_STREAM: 2}), {code: 'UNKNOWN_CONFIG_KEY'});
});

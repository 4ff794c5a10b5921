import assert from 'node:assert/strict';
import {test} from 'node:test';
import {modelProto, nodeProto, type Plugin, writeModel} from '../../plugin/index.js';

const {createPluginEngine} = await import(new URL('./plugin.js', import.meta.url).href);

/** x -> Relu -> y */
const model = writeModel(
  modelProto({
    name: 'relu',
    nodes: [nodeProto('Relu', ['x'], ['y'])],
    inputs: [{name: 'x', type: 'f32', shape: [2]}],
    outputs: [{name: 'y', type: 'f32', shape: [2]}],
  }),
);

test('the plugin finds a device, takes a network and runs it', async t => {
  const plugin: Plugin = createPluginEngine();
  t.after(() => plugin.close());
  assert.ok((await plugin.devices()).length > 0);
  const source = {model, weightsFile: undefined};
  const [support] = await plugin.queryNetwork(source, {});
  assert.equal(support?.supported, true);
  const network = await plugin.loadNetwork(source, {NUM_STREAMS: 1});
  t.after(() => network.release());
  const x = {type: 'f32', shape: [2], data: Float32Array.of(-1, 2)} as const;
  const {tensors} = await network.infer({
    tensors: new Map([['x', x]]),
    owned: false,
    profile: false,
  });
  assert.deepEqual(tensors.get('y')?.data, Float32Array.of(0, 2));
});

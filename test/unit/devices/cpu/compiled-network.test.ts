import test from 'ava';
import {createPluginEngine} from '../../../../devices/cpu/index.js';
import {invariant} from '../../../../src/errors.js';
import {parseModel} from '../../../../src/network/parse-model.js';
import {externalTensorProto} from '../../../support/external-network.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {temporaryFolder} from '../../../support/temporary-folder.js';
import {tensorOf} from '../../../support/tensor-of.js';

test('what CPU exports is optimised: operations are fused, and stay so at import', async t => {
  const plugin = createPluginEngine();
  t.teardown(() => plugin.close());
  const model = new NetworkBuilder()
    .input('x', 'f32', [1, 3])
    .initializer('w', tensorOf('f32', [3, 2]))
    .initializer('c', tensorOf('f32', [2]))
    .node('MatMul', 'x w', 'h')
    .node('Add', 'h c', 'k')
    .node('Relu', 'k', 'y')
    .output('y', 'f32', [1, 2])
    .bytes();
  const network = await plugin.loadNetwork({model, weightsFile: undefined}, {});
  t.teardown(() => network.release());
  const compiled = await network.exportNetwork?.(await temporaryFolder(t));
  invariant(compiled, 'CPU exports');
  const {node} = parseModel(compiled.content).graph;
  t.deepEqual(
    node.map(({opType}) => opType),
    ['FusedGemm'],
  );
});

test('a plugin that was closed starts no worker to export with', async t => {
  const plugin = createPluginEngine();
  const model = new NetworkBuilder()
    .input('x', 'f32', [2])
    .node('Relu', 'x', 'y')
    .output('y', 'f32', [2])
    .bytes();
  const network = await plugin.loadNetwork({model, weightsFile: undefined}, {});
  t.teardown(() => network.release());
  await plugin.close();
  const folder = await temporaryFolder(t);
  await t.throwsAsync(async () => network.exportNetwork?.(folder), {code: 'RELEASED'});
});

test('scalars and tensors of unknown rank stay what they are', async t => {
  const plugin = createPluginEngine();
  t.teardown(() => plugin.close());
  const model = new NetworkBuilder()
    .input('x', 'f32', ['n', 3])
    .input('at', 'i64', null)
    .node('ReduceSum', 'x', 'sum', {keepdims: 0n})
    .node('Gather', 'x at', 'found')
    .output('sum', 'f32', [])
    .output('found', 'f32', null)
    .bytes();
  const network = await plugin.loadNetwork({model, weightsFile: undefined}, {});
  t.teardown(() => network.release());
  const compiled = await network.exportNetwork?.(await temporaryFolder(t));
  invariant(compiled, 'CPU exports');
  const imported = await plugin.importNetwork?.(compiled, {});
  t.teardown(() => imported?.release());
  t.deepEqual(imported?.inputs, network.inputs);
  t.deepEqual(imported?.outputs, network.outputs);
  t.deepEqual(network.outputs, [
    {name: 'sum', type: 'f32', shape: []},
    {name: 'found', type: 'f32', shape: null},
  ]);
});

test('what a network depends on is the same each time it is asked for', async t => {
  const requirements = [createPluginEngine(), createPluginEngine()].map(plugin => {
    t.teardown(() => plugin.close());
    return plugin.runtimeRequirements?.();
  });
  const [first, second] = await Promise.all(requirements);
  t.regex(first?.['optimization'] ?? '', /^[0-9a-f]{16}$/);
  t.deepEqual(first, second);
});

for (const location of ['../weights.bin', 'other.bin', '*/_ORT_MEM_ADDR_/*']) {
  test(`an imported network that reads ${location} is refused`, async t => {
    const plugin = createPluginEngine();
    t.teardown(() => plugin.close());
    const content = new NetworkBuilder()
      .input('x', 'f32', [2])
      .initializer('w', externalTensorProto([2], {location, offset: '4096', length: '8'}))
      .node('Add', 'x w', 'y')
      .output('y', 'f32', [2])
      .bytes();
    const importing = async () => plugin.importNetwork?.({content, weightsFile: undefined}, {});
    await t.throwsAsync(importing, {code: 'INVALID_BLOB', message: /tensor "w" lies /});
  });
}

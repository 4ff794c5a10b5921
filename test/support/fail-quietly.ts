import {createPluginEngine as createCpu} from '../../devices/cpu/index.js';
import {createPluginEngine as createWasm} from '../../devices/wasm/index.js';
import {NetworkBuilder} from './network-builder.js';
import {tensorOf} from './tensor-of.js';

/** Has both plugins meet everything that ONNX Runtime warns of; its output is looked at. */
const failing = new NetworkBuilder()
  .input('x', 'f32', [2])
  .input('at', 'i64', [1])
  .initializer('unused', tensorOf('f32', [2]))
  .node('Gather', 'x at', 'y')
  .output('y', 'f32', [1])
  .bytes();
const refused = new NetworkBuilder().input('x', 'i64', [1]).node('Relu', 'x', 'y').output('y');

for (const plugin of [createCpu(), createWasm()]) {
  const source = {model: refused.bytes(), weightsFile: undefined};
  await plugin.queryNetwork(source, {});
  await plugin.loadNetwork(source, {}).catch(() => {});
  const network = await plugin.loadNetwork({model: failing, weightsFile: undefined}, {});
  const tensors = new Map([
    ['x', tensorOf('f32', [2])],
    ['at', tensorOf('i64', [1], [7])],
  ]);
  await network.infer({tensors, owned: false, profile: false}).catch(() => {});
  await network.release();
  await plugin.close();
}

import test from 'ava';
import {createPluginEngine as createCpu} from '../../devices/cpu/index.js';
import {createPluginEngine as createTemplate} from '../../devices/template/index.js';
import {createPluginEngine as createWasm} from '../../devices/wasm/index.js';
import {conformsToExports} from './plugin-exports.js';

conformsToExports('CPU', createCpu);
conformsToExports('TEMPLATE', createTemplate);

test('WASM exports nothing, and says so', async t => {
  const plugin = createWasm();
  t.teardown(() => plugin.close());
  t.is(plugin.importNetwork, undefined);
  t.is(plugin.runtimeRequirements, undefined);
  const [device] = await plugin.devices();
  t.false(device?.capabilities.includes('EXPORT_IMPORT'));
});

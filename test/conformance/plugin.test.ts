import {createPluginEngine as createCpu} from '../../devices/cpu/index.js';
import {GpuPlugin} from '../../devices/gpu/plugin.js';
import {createPluginEngine as createTemplate} from '../../devices/template/index.js';
import {createPluginEngine as createWasm} from '../../devices/wasm/index.js';
import {conformsToPlugin} from './plugin.js';

/** Where no GPU is, all of its plugin but the provider: that is the processor's. */
function gpuOverProcessor(): GpuPlugin {
  const module = new URL('../../devices/gpu/probe-process.js', import.meta.url);
  const providers = [{name: 'cpu', numbered: false, exclusive: false, concurrent: false}];
  return new GpuPlugin({providers, module, timeoutMs: 30_000});
}

conformsToPlugin('CPU', createCpu);
conformsToPlugin('GPU', gpuOverProcessor);
conformsToPlugin('WASM', createWasm);
conformsToPlugin('TEMPLATE', createTemplate);

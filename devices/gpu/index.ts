import type {Plugin} from '../../src/plugin/plugin.js';
import type {Provider} from './placement.js';
import {GpuPlugin} from './plugin.js';

/** Starting CUDA for the first time takes seconds. */
const timeoutMs = 30_000;

const cuda: Provider = {name: 'cuda', numbered: true, exclusive: true, concurrent: true};
const coreml: Provider = {name: 'coreml', numbered: false, exclusive: true, concurrent: true};
const dml: Provider = {name: 'dml', numbered: true, exclusive: true, concurrent: true};
/** Its sessions record their commands in one place, whatever thread they are in. */
const webgpu: Provider = {name: 'webgpu', numbered: false, exclusive: true, concurrent: false};

/** What onnxruntime-node is built with, the fastest first. */
function providersOf(platform: NodeJS.Platform): readonly Provider[] {
  if (platform === 'darwin') return [coreml, webgpu];
  return platform === 'win32' ? [cuda, dml, webgpu] : [cuda, webgpu];
}

/** The host's graphics processors, if any. */
export function createPluginEngine(): Plugin {
  const module = new URL('./probe-process.js', import.meta.url);
  return new GpuPlugin({providers: providersOf(process.platform), module, timeoutMs});
}

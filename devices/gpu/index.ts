import type {Plugin} from '../../src/plugin/plugin.js';
import type {Provider} from './placement.js';
import {GpuPlugin} from './plugin.js';

/** Starting CUDA for the first time takes seconds. */
const timeoutMs = 30_000;

/** What onnxruntime-node is built with for some platform or other, the fastest first. */
const providers: readonly Provider[] = [
  {name: 'cuda', numbered: true, exclusive: true, concurrent: true},
  {name: 'coreml', numbered: false, exclusive: true, concurrent: true},
  {name: 'dml', numbered: true, exclusive: true, concurrent: true},
  // Its sessions record their commands in one place, whatever thread they are in.
  {name: 'webgpu', numbered: false, exclusive: true, concurrent: false},
];

/** The host's graphics processors, if any. */
export function createPluginEngine(): Plugin {
  const module = new URL('./probe-process.js', import.meta.url);
  return new GpuPlugin({providers, module, timeoutMs});
}

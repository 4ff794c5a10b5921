import type {Plugin} from '../../src/plugin/plugin.js';
import {packageVersion} from '../onnxruntime/package-version.js';
import {OnnxRuntimePlugin} from '../onnxruntime/plugin.js';

/** The host's processor, through ONNX Runtime compiled to WebAssembly: one thread per stream. */
export function createPluginEngine(): Plugin {
  const version = packageVersion('onnxruntime-web');
  return new OnnxRuntimePlugin({
    name: 'WASM',
    version,
    fullName: `onnxruntime-web ${version} (WebAssembly SIMD)`,
    capabilities: ['FP32', 'FP16', 'INT8'],
    architecture: 'wasm32',
    threaded: false,
    kernelWorker: new URL('./kernel-worker.js', import.meta.url),
    serviceWorker: new URL('./service-worker.js', import.meta.url),
  });
}

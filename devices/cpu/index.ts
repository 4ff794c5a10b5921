import {cpus} from 'node:os';
import type {Plugin} from '../../src/plugin/plugin.js';
import {packageVersion} from '../onnxruntime/package-version.js';
import {OnnxRuntimePlugin} from '../onnxruntime/plugin.js';

/** The host's processor, through ONNX Runtime's native CPU kernels. */
export function createPluginEngine(): Plugin {
  return new OnnxRuntimePlugin({
    name: 'CPU',
    version: packageVersion('onnxruntime-node'),
    fullName: cpus()[0]?.model.trim() || process.arch,
    capabilities: ['FP32', 'FP16', 'INT8'],
    threaded: true,
    kernelWorker: new URL('./kernel-worker.js', import.meta.url),
    serviceWorker: new URL('./service-worker.js', import.meta.url),
  });
}

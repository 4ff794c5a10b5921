import {cpus} from 'node:os';
import type {Plugin} from '../../src/plugin/plugin.js';
import {ExportingPlugin} from '../onnxruntime/exporting-plugin.js';
import {packageVersion} from '../onnxruntime/package-version.js';

/** The host's processor, through ONNX Runtime's native CPU kernels. */
export function createPluginEngine(): Plugin {
  return new ExportingPlugin({
    name: 'CPU',
    version: packageVersion('onnxruntime-node'),
    fullName: cpus()[0]?.model.trim() || process.arch,
    capabilities: ['FP32', 'FP16', 'INT8', 'EXPORT_IMPORT'],
    threaded: true,
    kernelWorker: new URL('./kernel-worker.js', import.meta.url),
    serviceWorker: new URL('./service-worker.js', import.meta.url),
  });
}

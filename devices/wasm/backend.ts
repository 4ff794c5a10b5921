import {env, InferenceSession} from 'onnxruntime-web';
import {weightsLocation} from '../../schemas/network-blob.js';
import {type Backend, logSeverityLevel, type OpenOptions} from '../onnxruntime/backend.js';
import {profileBytesMax} from '../onnxruntime/measuring-session.js';
import {captureOutput} from './captured-output.js';
import {readLargeFile} from './read-large-file.js';

env.logLevel = 'fatal';
// More would start threads of its own; streams are what runs side by side.
env.wasm.numThreads = 1;

/** ONNX Runtime's kernels compiled to WebAssembly, whose memory ends at 4 GiB. */
export const wasmBackend: Backend = {
  networkBytesMax: 3 * 2 ** 30,
  async open(model, options) {
    return InferenceSession.create(model, await sessionOptions(options));
  },
  async openMeasuring(model, options) {
    const measuring = {...(await sessionOptions(options)), enableProfiling: true};
    const session = await InferenceSession.create(model, measuring);
    return {
      session,
      async end() {
        const profile = captureOutput(() => session.endProfiling(), profileBytesMax);
        await session.release();
        return profile;
      },
    };
  },
};

async function sessionOptions({weightsFile, optimize}: OpenOptions) {
  const data = weightsFile === undefined ? undefined : await readLargeFile(weightsFile);
  return {
    executionProviders: ['wasm'],
    graphOptimizationLevel: optimize ? 'all' : 'disabled',
    logSeverityLevel,
    ...(data && {externalData: [{path: weightsLocation, data}]}),
  } as const satisfies InferenceSession.SessionOptions;
}

import {dirname} from 'node:path';
import {env, InferenceSession} from 'onnxruntime-node';
import {type Backend, logSeverityLevel, type OpenOptions} from '../onnxruntime/backend.js';

env.logLevel = 'fatal';

/** ONNX Runtime's CPU kernels through its native binding. */
export const cpuBackend: Backend = {
  networkBytesMax: Infinity,
  open(model, options) {
    // The binding does not take shared memory.
    const bytes = model.buffer instanceof ArrayBuffer ? model : model.slice();
    return InferenceSession.create(bytes, sessionOptions(options));
  },
};

function sessionOptions({threads, weightsFile, optimize}: OpenOptions) {
  const folder = weightsFile === undefined ? undefined : dirname(weightsFile);
  return {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    graphOptimizationLevel: optimize ? 'all' : 'disabled',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel,
    extra: {
      session: {
        // Spinning threads take the cores of other stages: 4 times the CPU time for 10 % of latency.
        intra_op: {allow_spinning: '0'},
        ...(folder && {model_external_initializers_file_folder_path: folder}),
      },
    },
  } as const satisfies InferenceSession.SessionOptions;
}

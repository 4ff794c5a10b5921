import {dirname, join} from 'node:path';
import {env, InferenceSession} from 'onnxruntime-node';
import {weightsLocation} from '../../schemas/network-blob.js';
import {
  type Backend,
  compiledLocation,
  logSeverityLevel,
  type OpenOptions,
} from '../onnxruntime/backend.js';
import {openMeasuringSession} from './measuring-session.js';

env.logLevel = 'fatal';

/** Protobuf messages end at 2 GiB, and an optimised network may be larger than it was. */
const inlineBytesMax = 2 ** 30;
/** Smaller tensors stay in the optimised network, where its shapes are inferred from them. */
const externalBytesMin = '1024';

/** ONNX Runtime's CPU kernels through its native binding. */
export const cpuBackend: Backend = {
  networkBytesMax: Infinity,
  open(model, options) {
    return InferenceSession.create(unshared(model), sessionOptions(options));
  },
  openMeasuring(model, options) {
    return openMeasuringSession(profileFilePrefix =>
      InferenceSession.create(unshared(model), {
        ...sessionOptions(options),
        enableProfiling: true,
        profileFilePrefix,
      }),
    );
  },
  async save(model, {weightsFile, folder}) {
    const external = weightsFile !== undefined || model.byteLength > inlineBytesMax;
    const {extra, ...options} = sessionOptions({threads: 1, weightsFile, optimize: true});
    const session = await InferenceSession.create(unshared(model), {
      ...options,
      optimizedModelFilePath: join(folder, compiledLocation),
      extra: {session: {...extra.session, ...(external && externalWeights)}},
    });
    await session.release();
  },
};

const externalWeights = {
  optimized_model_external_initializers_file_name: weightsLocation,
  optimized_model_external_initializers_min_size_in_bytes: externalBytesMin,
};

/** The binding does not take shared memory. */
function unshared(model: Uint8Array): Uint8Array {
  return model.buffer instanceof ArrayBuffer ? model : model.slice();
}

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

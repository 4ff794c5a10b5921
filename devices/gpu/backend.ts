import {dirname} from 'node:path';
import {env, InferenceSession} from 'onnxruntime-node';
import {openMeasuringSession} from '../cpu/measuring-session.js';
import {type Backend, logSeverityLevel, type OpenOptions} from '../onnxruntime/backend.js';
import type {GpuWorkerData, Placement} from './placement.js';
import {ThreadLock} from './thread-lock.js';

env.logLevel = 'fatal';

/**
 * ONNX Runtime on one device of a provider. What is only asked about must run there as a whole; what
 * is loaded was asked about, and may leave to the processor what the provider wants there (shapes).
 */
export function gpuBackend({placement, lock}: GpuWorkerData): Backend {
  const {exclusive, concurrent} = placement.provider;
  const open = concurrent ? createSession : oneAtATime(new ThreadLock(lock));
  const types = openedBy(open, options => sessionOptions(placement, options));
  if (!exclusive) return types;
  const alone = openedBy(
    (model, options) => open(model, options).catch(error => refused(placement, error)),
    options => sessionOptions(placement, options, !options.optimize),
  );
  return {...alone, types};
}

/** In the words of who asked about an operation, not of the session that was to run it alone. */
function refused({provider: {name}}: Placement, error: unknown): never {
  if (!/fallback to CPU EP has been explicitly disabled/.test(String(error))) throw error;
  throw new Error(`ONNX Runtime's ${name} provider leaves it to the processor`, {cause: error});
}

type SessionOptions = InferenceSession.SessionOptions;
type OpenSession = (model: Uint8Array, options: SessionOptions) => Promise<InferenceSession>;

const createSession: OpenSession = (model, options) =>
  // The binding does not take shared memory.
  InferenceSession.create(model.buffer instanceof ArrayBuffer ? model : model.slice(), options);

/** Sessions of which one is used at a time, in whatever threads they are. */
function oneAtATime(lock: ThreadLock): OpenSession {
  return async (model, options) => {
    const session = await lock.hold(() => createSession(model, options));
    const run = (...given: Parameters<InferenceSession['run']>) =>
      lock.hold(() => session.run(...given));
    const release = () => lock.hold(() => session.release());
    return Object.assign(Object.create(session), {run, release});
  };
}

function openedBy(open: OpenSession, optionsOf: (options: OpenOptions) => SessionOptions): Backend {
  return {
    networkBytesMax: Infinity,
    open: (model, options) => open(model, optionsOf(options)),
    openMeasuring: (model, options) =>
      openMeasuringSession(profileFilePrefix =>
        open(model, {...optionsOf(options), enableProfiling: true, profileFilePrefix}),
      ),
  };
}

/** `alone`: a session that would run anything on the processor is refused. */
function sessionOptions(
  {provider: {name, numbered}, device}: Placement,
  {threads, weightsFile, optimize}: OpenOptions,
  alone = false,
): SessionOptions {
  const folder = weightsFile === undefined ? undefined : dirname(weightsFile);
  const provider = numbered ? {name, deviceId: device} : name;
  return {
    executionProviders: [provider],
    executionMode: 'sequential',
    graphOptimizationLevel: optimize ? 'all' : 'disabled',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel,
    extra: {
      session: {
        ...(alone && {disable_cpu_ep_fallback: '1'}),
        ...(folder && {model_external_initializers_file_folder_path: folder}),
      },
    },
  };
}

export type {ConfigKey, ConfigValues} from '../../schemas/properties.js';
export {type ErrorCode, InferenceError} from '../errors.js';
export {parseConfig} from './config.js';
export type {
  Config,
  ExecutableNetwork,
  Inference,
  InferenceResult,
  NetworkSource,
  Plugin,
  PluginDevice,
} from './plugin.js';
export {type Reply, replyOf, unwrapReply} from './reply.js';
export {sharedBytes} from './shared-bytes.js';
export {resolveStreams, type Streams} from './streams.js';
export {buffersOf, copyTensors, unsharedTensors} from './tensor-buffers.js';
export {transferredReply} from './transferred-reply.js';
export {WorkerPool, type WorkerPoolOptions} from './worker-pool.js';

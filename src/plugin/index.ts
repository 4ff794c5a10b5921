export type {OperationSupport} from '../../schemas/device.js';
export type {ElementType} from '../../schemas/element-type.js';
export type {ConfigKey, ConfigValues} from '../../schemas/properties.js';
export type {Dimension, NamedTensors, TensorData, TensorInfo} from '../../schemas/tensor.js';
export {type ErrorCode, InferenceError} from '../errors.js';
export type {Network} from '../network/network.js';
export {readNetwork} from '../network/read-network.js';
export {readTensor} from '../network/tensor-proto.js';
export {
  AsyncInferRequest,
  type AsyncInferRequestOptions,
  type CompletionCallback,
  type RequestState,
  type Stage,
} from './async-infer-request.js';
export {parseConfig} from './config.js';
export {
  type CompiledDescription,
  ExecutableNetworkBase,
  type ExecutableNetworkOptions,
  type NetworkMetrics,
} from './executable-network-base.js';
export {ExecutorManager} from './executor-manager.js';
export {
  InferRequest,
  type PipelineStage,
  pipelineStages,
  type RequestNetwork,
} from './infer-request.js';
export {type ExecutorTask, NamedExecutor, type NamedExecutorOptions} from './named-executor.js';
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

export type {ImportSupport, RuntimeRequirements} from '../../schemas/compiled-network.js';
export {localName, type OperationSupport} from '../../schemas/device.js';
export {type ElementType, elementTypes, type NumericType} from '../../schemas/element-type.js';
export {
  type MetricKey,
  type Metrics,
  type MetricValues,
  metricProperties,
} from '../../schemas/metrics.js';
export {weightsLocation} from '../../schemas/network-blob.js';
export type {
  InferenceCounters,
  OperationCounter,
} from '../../schemas/performance-counters.js';
export {
  type ConfigKey,
  type ConfigProperty,
  type ConfigValues,
  configProperties,
} from '../../schemas/properties.js';
export type {RuntimeGraph, RuntimeNode} from '../../schemas/runtime-graph.js';
export type {Dimension, NamedTensors, TensorData, TensorInfo} from '../../schemas/tensor.js';
export {type ErrorCode, InferenceError, invariant} from '../errors.js';
export {modelProto} from '../network/model-proto.js';
export type {Network} from '../network/network.js';
export {type Attributes, nodeProto} from '../network/node-proto.js';
export {readNetwork} from '../network/read-network.js';
export {readTensor, tensorProto} from '../network/tensor-proto.js';
export {writeModel} from '../network/write-model.js';
export {
  AsyncInferRequest,
  type AsyncInferRequestOptions,
  type CompletionCallback,
  type RequestState,
  type Stage,
} from './async-infer-request.js';
export {type OwnProperties, type OwnValues, parseConfig} from './config.js';
export {deviceProperties} from './device-properties.js';
export {ExclusiveNetwork} from './exclusive-network.js';
export {
  type CompiledDescription,
  ExecutableNetworkBase,
  type ExecutableNetworkOptions,
  type NetworkMetrics,
} from './executable-network-base.js';
export {ExecutorManager} from './executor-manager.js';
export {type Claim, type ClaimOptions, claim, opsetMax} from './graph/claim.js';
export {
  type Elements,
  indexTensor,
  isText,
  isWide,
  type NarrowElements,
  narrow,
  newElements,
  newNarrow,
  numbersOf,
  type WideElements,
} from './graph/elements.js';
export type {Kernel, KernelBuilder, NodeSetting} from './graph/kernel.js';
export {kernelFailure} from './graph/kernel-failure.js';
export {KernelNetwork, type KernelSetup} from './graph/kernel-network.js';
export {type KernelTask, startKernelWorker} from './graph/kernel-worker.js';
export {NodeAttributes} from './graph/node-attributes.js';
export {OperationTable} from './graph/operation-table.js';
export {queryOperations} from './graph/query-operations.js';
export {startQueryWorker} from './graph/query-worker.js';
export {readWeights} from './graph/read-weights.js';
export {
  broadcastShape,
  broadcastStrides,
  offsetsOf,
  type Shape,
  sizeOf,
  stridesOf,
} from './graph/shapes.js';
export {unsupported} from './graph/unsupported.js';
export {
  InferRequest,
  type PipelineStage,
  type PipelineTimes,
  pipelineStages,
  type RequestInputs,
  type RequestNetwork,
} from './infer-request.js';
export {meetsRequirements} from './meets-requirements.js';
export {type ExecutorTask, NamedExecutor, type NamedExecutorOptions} from './named-executor.js';
export type {
  CompiledNetwork,
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
export {type WarmKernel, type WarmMessage, warmHandle} from './warm-handle.js';
export {type WarmPool, type WarmPoolOptions, WarmWorkers} from './warm-workers.js';
export {WorkerPool, type WorkerPoolOptions} from './worker-pool.js';

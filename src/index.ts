export type {ClusterStatus, DeploymentStatus, DeviceStatus} from '../schemas/cluster-status.js';
export type {Deployment} from '../schemas/deployment.js';
export type {DeviceDescription} from '../schemas/device.js';
export {type ElementType, elementTypes} from '../schemas/element-type.js';
export type {PlanResult} from '../schemas/messages/coordinator.js';
export type {StageStats, StageTiming} from '../schemas/messages/stage.js';
export {
  type DeviceProperties,
  type MetricKey,
  type MetricValues,
  metricProperties,
} from '../schemas/metrics.js';
export type {OperationCounter, StageCounters} from '../schemas/performance-counters.js';
export type {ColorFormat, Preprocessing} from '../schemas/preprocessing.js';
export {type ConfigKey, type ConfigValues, configProperties} from '../schemas/properties.js';
export type {PlacedNode} from '../schemas/runtime-graph.js';
export type {Edge, Replica, Stage, StageGraph} from '../schemas/stage-graph.js';
export type {Dimension, TensorData, TensorInfo} from '../schemas/tensor.js';
export type {ConnectOptions} from './app/connect-options.js';
export {Core} from './app/core.js';
export type {EmbeddedOptions} from './app/embedded.js';
export type {CacheOptions} from './app/node-cache.js';
export type {ClientOptions} from './app/open-telemetry.js';
export type {OpenTelemetryApi} from './app/open-telemetry-api.js';
export {AsyncInferQueue, type QueueCallback} from './client/async-infer-queue.js';
export type {
  ClusterActivity,
  DeploymentActivity,
  StageActivity,
} from './client/cluster-activity.js';
export type {LoadOptions, OperationPlacement} from './client/cluster-client.js';
export type {PluginVersion} from './client/cluster-properties.js';
export type {DeclaredState, StateDeclaration} from './client/declared-state.js';
export type {ExecutableNetwork} from './client/executable-network.js';
export type {ExportOptions} from './client/export-network.js';
export type {LoadConfig} from './client/flatten-config.js';
export type {
  CompletionCallback,
  InferOptions,
  InferRequest,
  Inputs,
  Outputs,
  RequestState,
} from './client/infer-request.js';
export type {Network, OperationInfo} from './client/network.js';
export type {PerformanceCounts, PlacedCounter} from './client/performance-counts.js';
export {type InputTensor, PrePostProcessor} from './client/pre-post-processor.js';
export {readImage} from './client/read-image.js';
export type {VariableState} from './client/request-states.js';
export type {NetworkRuntimeGraph} from './client/runtime-graph.js';
export {type ErrorCode, type ErrorPlace, InferenceError} from './errors.js';
export type {Config} from './plugin/plugin.js';
export type {Metric} from './ports/metrics.js';
export {Tensor} from './tensor.js';
/** Changes of whole networks: quantisation. */
export * as transform from './transform/index.js';

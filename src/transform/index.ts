export {type LoweredNetwork, lowerPrecision} from './low-precision/lower-precision.js';
export {type MeasureRequest, measureError, type Runner} from './quantize/measure-error.js';
export type {OutputError} from './quantize/output-error.js';
export {
  type Quantizable,
  type QuantizedNetwork,
  type QuantizedOperation,
  type QuantizeMode,
  type QuantizeOptions,
  quantize,
  type SkippedOperation,
} from './quantize/quantize.js';

export {
  type CalibrateRequest,
  calibrate,
  type ValueRange,
  type ValueRanges,
} from './quantize/calibrate.js';
export {type MeasureRequest, measureError, type Runner} from './quantize/measure-error.js';
export type {OutputError} from './quantize/output-error.js';
export type {Quantizable} from './quantize/quantizable.js';
export {
  type QuantizedNetwork,
  type QuantizedOperation,
  type QuantizeMode,
  type QuantizeOptions,
  quantize,
  type SkippedOperation,
} from './quantize/quantize.js';

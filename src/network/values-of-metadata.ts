import type {ElementType} from '../../schemas/element-type.js';
import type {ValueInfo} from '../../schemas/network-graph.js';

/** An element of `outputMetadata` of a session of ONNX Runtime's JavaScript API. */
export interface ValueMetadata {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

/** Element types by the names that ONNX Runtime's JavaScript API gives them. */
const elementTypesOfRuntime: ReadonlyMap<string, ElementType> = new Map([
  ['bool', 'bool'],
  ['float16', 'f16'],
  ['float32', 'f32'],
  ['float64', 'f64'],
  ['int8', 'i8'],
  ['int16', 'i16'],
  ['int32', 'i32'],
  ['int64', 'i64'],
  ['uint8', 'u8'],
  ['uint16', 'u16'],
  ['uint32', 'u32'],
  ['uint64', 'u64'],
  ['string', 'string'],
]);

/**
 * What a session over a model from `exposeValues` knows of its values. ONNX Runtime's JavaScript
 * API reports an unknown rank as `[]`, as it does a scalar, so either is taken for unknown; what
 * the file itself says of a scalar holds, see `withValues`.
 */
export function valuesOfMetadata(
  outputs: readonly ValueMetadata[],
): ReadonlyMap<string, ValueInfo> {
  return new Map(outputs.map(output => [output.name, valueInfo(output)]));
}

function valueInfo({isTensor, type, shape = []}: ValueMetadata): ValueInfo {
  const element = isTensor ? elementTypesOfRuntime.get(type ?? '') : undefined;
  if (element === undefined) return {kind: 'other'};
  if (shape.length === 0) return {kind: 'tensor', type: element, shape: null};
  const dimensions = shape.map(size => (size === '' || Number(size) < 0 ? '?' : size));
  return {kind: 'tensor', type: element, shape: dimensions};
}

/** The element types that travel, in the Inference Engine's names. */
export const elementTypes = [
  'bool',
  'f16',
  'f32',
  'f64',
  'i8',
  'i16',
  'i32',
  'i64',
  'u8',
  'u16',
  'u32',
  'u64',
  'string',
] as const;

export type ElementType = (typeof elementTypes)[number];

/** How the elements of each type are held: float16 as its bits, bool as 0 or 1. */
export interface ElementData {
  readonly bool: Uint8Array;
  readonly f16: Uint16Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly i8: Int8Array;
  readonly i16: Int16Array;
  readonly i32: Int32Array;
  readonly i64: BigInt64Array;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  readonly u64: BigUint64Array;
  readonly string: readonly string[];
}

export type NumericType = Exclude<ElementType, 'string'>;

interface ElementLayout {
  readonly bytes: number;
  readonly array: new (
    buffer: ArrayBufferLike,
    byteOffset: number,
    length: number,
  ) => ElementData[NumericType];
}

/** Size and view of each type whose elements have a fixed size. */
export const elementLayouts: Readonly<Record<NumericType, ElementLayout>> = {
  bool: {bytes: 1, array: Uint8Array},
  f16: {bytes: 2, array: Uint16Array},
  f32: {bytes: 4, array: Float32Array},
  f64: {bytes: 8, array: Float64Array},
  i8: {bytes: 1, array: Int8Array},
  i16: {bytes: 2, array: Int16Array},
  i32: {bytes: 4, array: Int32Array},
  i64: {bytes: 8, array: BigInt64Array},
  u8: {bytes: 1, array: Uint8Array},
  u16: {bytes: 2, array: Uint16Array},
  u32: {bytes: 4, array: Uint32Array},
  u64: {bytes: 8, array: BigUint64Array},
};

/** `TensorProto.DataType` of the ONNX specification for each element type. */
export const onnxDataTypes: Readonly<Record<ElementType, number>> = {
  f32: 1,
  u8: 2,
  i8: 3,
  u16: 4,
  i16: 5,
  i32: 6,
  i64: 7,
  string: 8,
  bool: 9,
  f16: 10,
  f64: 11,
  u32: 12,
  u64: 13,
};

const byOnnxDataType = new Map<number, ElementType>(
  elementTypes.map(type => [onnxDataTypes[type], type]),
);

/** The element type for a `TensorProto.DataType`; undefined for one that does not travel. */
export function elementTypeOfOnnx(dataType: number): ElementType | undefined {
  return byOnnxDataType.get(dataType);
}

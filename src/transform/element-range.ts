import type {ElementType, NumericType} from '../../schemas/element-type.js';

type Range = readonly [least: bigint, greatest: bigint];

const wholeRanges: Readonly<Partial<Record<ElementType, Range>>> = {
  i8: [-128n, 127n],
  u8: [0n, 255n],
  i16: [-32_768n, 32_767n],
  u16: [0n, 65_535n],
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u32: [0n, 2n ** 32n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  u64: [0n, 2n ** 64n - 1n],
};

/** Least and greatest element of a type of whole numbers; undefined for others. */
export function rangeOf(type: ElementType): Range | undefined {
  return wholeRanges[type];
}

/** Whether elements of `type` can be this number, as near as floats come. */
export function holds(type: NumericType, value: number): boolean {
  if (type === 'bool') return value === 0 || value === 1;
  const range = rangeOf(type);
  if (range === undefined) return true;
  return Number.isInteger(value) && BigInt(value) >= range[0] && BigInt(value) <= range[1];
}

import {type ElementType, elementLayouts} from '../../schemas/element-type.js';
import type {TensorData} from '../../schemas/tensor.js';

/** A tensor of these values; of zeros (empty strings) where none are given. */
export function tensorOf(
  type: ElementType,
  shape: readonly number[],
  values?: readonly (number | bigint | string | boolean)[],
): TensorData {
  const count = shape.reduce((product, size) => product * size, 1);
  if (values !== undefined && values.length !== count) {
    throw new RangeError(`${values.length} values do not fill the shape [${shape}]`);
  }
  if (type === 'string') {
    return {type, shape, data: values?.map(String) ?? new Array<string>(count).fill('')};
  }
  const {bytes, array} = elementLayouts[type];
  const data = new array(new ArrayBuffer(count * bytes), 0, count);
  const wide = data instanceof BigInt64Array || data instanceof BigUint64Array;
  for (const [index, value] of (values ?? []).entries()) {
    data[index] = wide ? BigInt(value) : Number(value);
  }
  return {type, shape, data};
}

import {type ElementData, elementLayouts, type NumericType} from '../../schemas/element-type.js';
import type {TensorData, TensorInfo} from '../../schemas/tensor.js';
import {type ErrorCode, InferenceError} from '../errors.js';
import {Tensor} from '../tensor.js';
import {formatShape} from '../tensor-check.js';

/**
 * Tensors of one item each as one tensor of all, along the axis N: the input's declared layout has
 * to have that first. Copies. Throws INVALID_ARGUMENT for no tensors or a layout without such an N;
 * SHAPE_MISMATCH for an item that is not one, has another shape than the first, or is one too many
 * or too few; TYPE_MISMATCH for one of another type; as `Tensor.from` for what is no tensor.
 */
export function batchTensors(info: TensorInfo, items: readonly TensorData[]): Tensor {
  const tensors = items.map((item, index) => Tensor.from(item, nameOf(info, index)));
  const [first] = tensors;
  if (first === undefined) {
    throw fault(info, 'INVALID_ARGUMENT', 'expected a tensor for each item, given none');
  }
  checkBatchAxis(info);
  for (const [index, tensor] of tensors.entries()) checkItem(info, index, tensor, first);
  const [batch] = info.shape ?? [];
  if (typeof batch === 'number' && batch !== items.length) {
    const text = `expected ${batch} tensors, one for each item of the batch, given ${items.length}`;
    throw fault(info, 'SHAPE_MISMATCH', text);
  }
  const shape = [tensors.length, ...first.shape.slice(1)];
  return new Tensor(first.type, shape, joined(tensors, first));
}

function checkBatchAxis(info: TensorInfo): void {
  const {layout} = info;
  const axis = layout?.indexOf('N') ?? -1;
  if (axis === 0) return;
  const declare = `PrePostProcessor's input('${info.name}').tensor({layout})`;
  if (layout === undefined) {
    const text = `tensors of a batch need a layout with N, none is declared: ${declare}`;
    throw fault(info, 'INVALID_ARGUMENT', text);
  }
  const expected = axis < 0 ? 'a layout with N' : 'N as the first axis';
  throw fault(info, 'INVALID_ARGUMENT', `tensors of a batch need ${expected}, it is ${layout}`);
}

function checkItem(info: TensorInfo, index: number, tensor: Tensor, first: Tensor): void {
  const name = nameOf(info, index);
  const shape = formatShape(tensor.shape);
  if (tensor.shape[0] !== 1) {
    const text = `${name}: expected one item of the batch, 1 along N, given ${shape}`;
    throw new InferenceError('SHAPE_MISMATCH', text);
  }
  if (tensor.type !== first.type) {
    const text = `${name}: expected ${first.type}, the type of the first, given ${tensor.type}`;
    throw new InferenceError('TYPE_MISMATCH', text);
  }
  if (shape === formatShape(first.shape)) return;
  const expected = formatShape(first.shape);
  const text = `${name}: expected ${expected}, the shape of the first, given ${shape}`;
  throw new InferenceError('SHAPE_MISMATCH', text);
}

function joined(tensors: readonly Tensor[], {type, size}: Tensor): ElementData[typeof type] {
  if (type === 'string') return tensors.flatMap(({data}) => data as readonly string[]);
  const {array, bytes} = elementLayouts[type];
  const elements = new array(
    new ArrayBuffer(tensors.length * size * bytes),
    0,
    tensors.length * size,
  );
  const whole = new Uint8Array(elements.buffer);
  for (const [index, {data}] of tensors.entries()) {
    const {buffer, byteOffset, byteLength} = data as ElementData[NumericType];
    whole.set(new Uint8Array(buffer, byteOffset, byteLength), index * size * bytes);
  }
  return elements;
}

function nameOf({name}: TensorInfo, index: number): string {
  return `${name}, item ${index}`;
}

function fault({name}: TensorInfo, code: ErrorCode, text: string): InferenceError {
  return new InferenceError(code, `${name}: ${text}`);
}

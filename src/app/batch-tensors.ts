import {type ElementData, elementLayouts, type NumericType} from '../../schemas/element-type.js';
import type {NamedTensors, TensorData} from '../../schemas/tensor.js';
import {invariant} from '../errors.js';

/** What the tensors of requests must have in common to run as one: all but the first dimension. */
export function batchKey(tensors: NamedTensors): string | undefined {
  const parts = [...tensors].map(([name, {type, shape}]) => [name, type, shape.slice(1)]);
  return rowsOf(tensors) === undefined ? undefined : JSON.stringify(parts);
}

/** The first dimension, if all tensors have the same. */
export function rowsOf(tensors: NamedTensors): number | undefined {
  const rows = new Set([...tensors.values()].map(({shape}) => shape[0]));
  const [first] = rows;
  return rows.size === 1 ? first : undefined;
}

/** One set of tensors with the rows of all; they have the same key. */
export function mergeTensors(all: readonly NamedTensors[]): NamedTensors {
  const [first] = all;
  invariant(first !== undefined, 'a batch has a request');
  return new Map(
    [...first.keys()].map(name => [name, merged(all.map(each => tensorOf(each, name)))]),
  );
}

/** The rows of each request; undefined if a tensor does not have as many as all together. */
export function splitTensors(
  tensors: NamedTensors,
  rows: readonly number[],
): readonly NamedTensors[] | undefined {
  const total = rows.reduce((sum, count) => sum + count, 0);
  if ([...tensors.values()].some(({shape}) => shape[0] !== total)) return undefined;
  let from = 0;
  return rows.map(count => {
    const part = [...tensors].map(([name, tensor]): [string, TensorData] => {
      return [name, rowsFrom(tensor, {from, count, total})];
    });
    from += count;
    return new Map(part);
  });
}

function tensorOf(tensors: NamedTensors, name: string): TensorData {
  const tensor = tensors.get(name);
  invariant(tensor !== undefined, `${name} is in every request of the batch`);
  return tensor;
}

function merged(parts: readonly TensorData[]): TensorData {
  const [{type, shape}] = parts as readonly [TensorData];
  const rows = parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0);
  const whole = [rows, ...shape.slice(1)];
  if (type === 'string')
    return {type, shape: whole, data: parts.flatMap(part => part.data as string[])};
  const length = parts.reduce((sum, {data}) => sum + data.length, 0);
  const layout = elementLayouts[type];
  const data = new layout.array(new ArrayBuffer(length * layout.bytes), 0, length);
  let at = 0;
  for (const part of parts) {
    data.set(part.data as never, at);
    at += part.data.length;
  }
  return {type, shape: whole, data} as TensorData;
}

/** A copy, so that its buffer is the request's own. */
function rowsFrom(
  {type, shape, data}: TensorData,
  {from, count, total}: {readonly from: number; readonly count: number; readonly total: number},
): TensorData {
  const each = total === 0 ? 0 : data.length / total;
  const part = (data as ElementData[NumericType]).slice(from * each, (from + count) * each);
  return {type, shape: [count, ...shape.slice(1)], data: part} as TensorData;
}

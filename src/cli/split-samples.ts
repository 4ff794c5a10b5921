import type {TensorData, TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';

type Sample = Readonly<Record<string, TensorData>>;

/**
 * One sample for each inference, from tensors that hold several behind one another: where the first
 * dimension of an input is fixed, and its tensor's is a multiple of it. Inputs that hold one sample
 * are the same in all. Throws INVALID_ARGUMENT if inputs hold different numbers of samples.
 */
export function splitSamples(inputs: readonly TensorInfo[], tensors: Sample): readonly Sample[] {
  const infos = new Map(inputs.map(info => [info.name, info]));
  const counts = Object.entries(tensors).map(([name, tensor]) => {
    return [name, samplesIn(tensor, infos.get(name))] as const;
  });
  const several = counts.filter(([, count]) => count > 1);
  const [[first, count] = ['', 1]] = several;
  const other = several.find(([, each]) => each !== count);
  if (other !== undefined) {
    const text = `expected as many samples of ${other[0]} as of ${first}, ${count}`;
    throw new InferenceError('INVALID_ARGUMENT', `${text}, given ${other[1]}`);
  }
  const isSplit = new Set(several.map(([name]) => name));
  return Array.from({length: count}, (_, at) =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, tensor]) => {
        return [name, isSplit.has(name) ? sampleOf(tensor, at, count) : tensor];
      }),
    ),
  );
}

function samplesIn({shape}: TensorData, info: TensorInfo | undefined): number {
  const [rows = 1] = shape;
  const size = info?.shape?.[0];
  if (typeof size !== 'number' || size === 0 || info?.shape?.length !== shape.length) return 1;
  return rows > 0 && rows % size === 0 ? rows / size : 1;
}

function sampleOf({type, shape, data}: TensorData, at: number, count: number): TensorData {
  const [rows = 1, ...rest] = shape;
  const size = data.length / count;
  const part = data.slice(at * size, (at + 1) * size);
  return {type, shape: [rows / count, ...rest], data: part} as TensorData;
}

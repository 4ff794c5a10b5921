import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {TensorData} from '../../../schemas/tensor.js';
import {InferenceError} from '../../errors.js';
import {parseTensor} from '../../network/parse-tensor.js';

/** What a case feeds once, and what it expects: tensors in the order of the graph's values. */
export interface DataSet {
  readonly name: string;
  readonly inputs: readonly TensorData[];
  readonly outputs: readonly TensorData[];
}

/**
 * The `test_data_set_*` folders of a case, in the order of their numbers. Rejects with
 * FILE_UNREADABLE, INVALID_NETWORK for a file that holds no tensor, NOT_IMPLEMENTED for a tensor of
 * a type that does not travel.
 */
export async function readDataSets(folder: string): Promise<readonly DataSet[]> {
  const names = await numbered(folder, /^test_data_set_(\d+)$/);
  if (names.length === 0) {
    throw new InferenceError('FILE_UNREADABLE', `${folder}: expected a folder test_data_set_0`);
  }
  return Promise.all(
    names.map(async name => {
      const path = join(folder, name);
      const [inputs, outputs] = await Promise.all([
        readTensors(path, /^input_(\d+)\.pb$/),
        readTensors(path, /^output_(\d+)\.pb$/),
      ]);
      return {name, inputs, outputs};
    }),
  );
}

async function readTensors(folder: string, pattern: RegExp): Promise<readonly TensorData[]> {
  const names = await numbered(folder, pattern);
  const gap = names.findIndex((name, at) => Number(pattern.exec(name)?.[1]) !== at);
  if (gap !== -1) {
    const text = `${folder}: expected number ${gap} of ${pattern.source}, given ${names[gap]}`;
    throw new InferenceError('FILE_UNREADABLE', text);
  }
  return Promise.all(names.map(name => readTensorFile(join(folder, name))));
}

async function readTensorFile(path: string): Promise<TensorData> {
  const bytes = await readFile(path).catch(unreadable);
  try {
    return parseTensor(bytes);
  } catch (error) {
    const {code, message} = InferenceError.from(error);
    throw new InferenceError(code, `${path}: ${message}`, {}, {cause: error});
  }
}

/** Names in a folder that match `pattern`, by the number in them. */
async function numbered(folder: string, pattern: RegExp): Promise<readonly string[]> {
  const numberOf = (name: string) => Number(pattern.exec(name)?.[1]);
  const names = await readdir(folder).catch(unreadable);
  return names.filter(name => pattern.test(name)).sort((a, b) => numberOf(a) - numberOf(b));
}

function unreadable(error: unknown): never {
  throw InferenceError.from(error, 'FILE_UNREADABLE');
}

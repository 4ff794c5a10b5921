import {readFile, stat} from 'node:fs/promises';
import {InferenceError} from '../../errors.js';
import {sharedBytes} from '../shared-bytes.js';

/** Kernels in TypeScript are no place for larger networks. */
const weightsBytesMax = 2 ** 30;

/**
 * The content of a weights file, shared by all workers; undefined if there is none. Rejects with
 * FILE_UNREADABLE, or with COMPILE_FAILED above 1 GiB.
 */
export async function readWeights(
  file: string | undefined,
): Promise<SharedArrayBuffer | undefined> {
  if (file === undefined) return undefined;
  const content = await read(file);
  return sharedBytes(content);
}

async function read(file: string): Promise<Uint8Array> {
  try {
    const {size} = await stat(file);
    if (size <= weightsBytesMax) return await readFile(file);
    const text = `weights: expected at most ${weightsBytesMax} bytes, given ${size}`;
    throw new InferenceError('COMPILE_FAILED', text);
  } catch (error) {
    if (error instanceof InferenceError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const text = `weights cannot be read: ${why}`;
    throw new InferenceError('FILE_UNREADABLE', text, {}, {cause: error});
  }
}

import {mkdir, writeFile} from 'node:fs/promises';
import {InferenceError} from '../errors.js';

/** Writes a file where a user wants it. Rejects with INVALID_ARGUMENT if that cannot be. */
export function writeResult(path: string, content: string | Uint8Array): Promise<void> {
  return refusedAs(`a file that can be written at ${path}`, writeFile(path, content));
}

/** Makes a folder, and those that it is in. Rejects with INVALID_ARGUMENT if that cannot be. */
export async function makeFolder(path: string): Promise<void> {
  await refusedAs(`a folder at ${path}`, mkdir(path, {recursive: true}));
}

async function refusedAs<T>(expected: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const text = `expected ${expected}: ${reason}`;
    throw new InferenceError('INVALID_ARGUMENT', text, {}, {cause: error});
  }
}

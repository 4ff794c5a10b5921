import {createReadStream} from 'node:fs';
import {InferenceError} from '../errors.js';
import type {WeightRange} from '../network/gather-weights.js';

/** Reads a weights file's content range by range from the files that the ranges name. */
export async function* weightsContent(
  ranges: readonly WeightRange[],
  pathOf: (location: string) => string,
): AsyncGenerator<Uint8Array> {
  let written = 0;
  for (const {location, offset, length, start} of ranges) {
    if (start > written) yield new Uint8Array(start - written);
    written = start + length;
    if (length === 0) continue;
    let read = 0;
    const path = pathOf(location);
    for await (const bytes of chunksOf(path, offset, length)) {
      read += bytes.byteLength;
      yield bytes;
    }
    if (read < length) {
      throw new InferenceError(
        'FILE_UNREADABLE',
        `${path}: expected ${length} bytes of weights from ${offset} on, given ${read}`,
      );
    }
  }
}

async function* chunksOf(path: string, offset: number, length: number): AsyncGenerator<Uint8Array> {
  const stream = createReadStream(path, {start: offset, end: offset + length - 1});
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    throw InferenceError.from(error, 'FILE_UNREADABLE');
  }
}

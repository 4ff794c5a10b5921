import {type FileHandle, open} from 'node:fs/promises';

const chunkBytes = 2 ** 28;

/** The content of a file, also beyond the 2 GiB at which `readFile` stops. */
export async function readLargeFile(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    return await readAll(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

async function readAll(file: FileHandle, size: number): Promise<Uint8Array> {
  const content = new Uint8Array(size);
  let position = 0;
  while (position < size) {
    const length = Math.min(chunkBytes, size - position);
    const {bytesRead} = await file.read(content, position, length, position);
    if (bytesRead === 0) throw new Error(`the file ended after ${position} of ${size} bytes`);
    position += bytesRead;
  }
  return content;
}

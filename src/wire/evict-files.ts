import {readdir, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {oldestOver} from './oldest-over.js';

export interface EvictOptions {
  /** Which files are meant; others are not ours to touch. */
  readonly name: RegExp;
  readonly bytesMax: number;
  /** Files that changed less long ago stay, though they be too many: somebody is about to read them. */
  readonly freshMs: number;
}

/** Removes the files of a folder that changed longest ago, until `bytesMax` or less are left. */
export async function evictFiles(folder: string, options: EvictOptions): Promise<void> {
  const {name, bytesMax, freshMs} = options;
  const names = (await readdir(folder)).filter(each => name.test(each));
  const files = await Promise.all(
    names.map(async each => {
      const path = join(folder, each);
      const {size, mtimeMs} = await stat(path).catch(() => ({size: 0, mtimeMs: Date.now()}));
      return {path, bytes: size, usedMs: mtimeMs};
    }),
  );
  for (const {path, usedMs} of oldestOver(files, bytesMax)) {
    if (Date.now() - usedMs >= freshMs) await rm(path, {force: true});
  }
}

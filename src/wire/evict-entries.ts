import {randomBytes} from 'node:crypto';
import type {Dirent} from 'node:fs';
import {readdir, rename, rm, rmdir, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {type Kept, oldestOver} from './oldest-over.js';

/** How folders are called that are being written, or removed. */
export const partPrefix = '.part-';
export const trashPrefix = '.trash-';

/** What an entry counts for besides its bytes, so that their number is bounded too. */
export const overheadBytes = 4096;

/** Whoever wrote or removed it is dead. */
const leftoverMs = 6 * 3_600_000;

interface Entry extends Kept {
  readonly path: string;
}

/**
 * Removes those entries of a cache that were used longest ago until at most `bytesMax` are left, and
 * what dead processes have left behind. Other files in the folder are not ours to touch.
 */
export async function evictEntries(folder: string, bytesMax: number): Promise<void> {
  const names = await list(folder);
  await Promise.all(names.filter(isLeftover).map(({name}) => sweep(join(folder, name))));
  const sections = names.filter(each => each.isDirectory() && isSection(each));
  const folders = [folder, ...sections.map(({name}) => join(folder, name))];
  // Those that still hold something stay.
  await Promise.all(folders.slice(1).map(path => rmdir(path).catch(() => {})));
  const entries = (await Promise.all(folders.map(entriesOf))).flat();
  for (const {path} of oldestOver(entries, bytesMax)) await remove(path, folder);
}

function isSection({name}: Dirent): boolean {
  return /^\w[\w.-]{0,63}$/.test(name) && !isEntryName(name);
}

function isEntryName(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name);
}

function isLeftover({name}: Dirent): boolean {
  return name.startsWith(partPrefix) || name.startsWith(trashPrefix);
}

async function entriesOf(folder: string): Promise<readonly Entry[]> {
  const names = (await list(folder)).filter(({name}) => isEntryName(name));
  return Promise.all(names.map(({name}) => entryOf(join(folder, name))));
}

async function entryOf(path: string): Promise<Entry> {
  const files = await Promise.all((await list(path)).map(({name}) => statOf(join(path, name))));
  return {
    path,
    bytes: files.reduce((sum, {size}) => sum + size, overheadBytes),
    // A hit changes the time of its description only.
    usedMs: Math.max(0, ...files.map(({mtimeMs}) => mtimeMs)),
  };
}

/** A reader sees a whole entry or none. Another process may be at it too. */
async function remove(path: string, folder: string): Promise<void> {
  const trash = join(folder, `${trashPrefix}${randomBytes(8).toString('hex')}`);
  await rename(path, trash).catch(() => {});
  await rm(trash, {recursive: true, force: true});
}

async function sweep(path: string): Promise<void> {
  const {mtimeMs} = await statOf(path);
  if (mtimeMs > 0 && Date.now() - mtimeMs > leftoverMs) {
    await rm(path, {recursive: true, force: true});
  }
}

/** Nothing where there is no such folder (any more). */
function list(folder: string): Promise<Dirent[]> {
  return readdir(folder, {withFileTypes: true}).catch(() => []);
}

async function statOf(path: string): Promise<{readonly size: number; readonly mtimeMs: number}> {
  return stat(path).catch(() => ({size: 0, mtimeMs: 0}));
}

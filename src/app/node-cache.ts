import {join, resolve} from 'node:path';
import type {Log} from '../ports/log.js';
import {DiskCache} from '../wire/disk-cache.js';
import type {NodeCache} from './compiler.js';
import {cacheFolder} from './find-nats-server.js';

/** Where a node keeps what it compiled. */
export interface CacheOptions {
  /**
   * The folder; every load is cached there that does not ask otherwise. If left out, only loads are
   * cached that ask for it, in the user's cache.
   */
  readonly dir?: string;
  /** Bytes of all that is kept; what was used longest ago makes room. Default: 16 GiB. */
  readonly bytesMax?: number;
}

const defaultBytesMax = 16 * 2 ** 30;

/** The cache of a node, shared by its device processes. */
export function nodeCache({dir, bytesMax = defaultBytesMax}: CacheOptions, log: Log): NodeCache {
  const folder = resolve(dir ?? join(cacheFolder(process.env), 'compiled'));
  return {store: new DiskCache({folder, bytesMax, log}), always: dir !== undefined};
}

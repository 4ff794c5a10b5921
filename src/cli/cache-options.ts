import type {Command} from 'commander';
import type {CacheOptions} from '../app/node-cache.js';
import {wholeNumber} from './parse-options.js';

export interface CacheFlags {
  readonly cacheDir?: string;
  readonly cacheMaxBytes?: number;
}

/** Adds the options of a command that runs devices; `when` says in which case it does. */
export function withCacheOptions(command: Command, when = ''): Command {
  const dir = 'where compiled networks are kept for the next time; none: nowhere';
  return command
    .option('--cache-dir <dir>', `${when}${dir}`)
    .option(
      '--cache-max-bytes <bytes>',
      'of all that is kept there; what was used longest ago makes room',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    );
}

export function cacheOptions({cacheDir, cacheMaxBytes}: CacheFlags): CacheOptions {
  return {
    ...(cacheDir === undefined ? {} : {dir: cacheDir}),
    ...(cacheMaxBytes === undefined ? {} : {bytesMax: cacheMaxBytes}),
  };
}

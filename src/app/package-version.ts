import {createRequire} from 'node:module';
import {z} from 'zod';

const manifestSchema = z.object({version: z.string()});

/** This package's version, as its package.json says. */
export function packageVersion(): string {
  const require = createRequire(import.meta.url);
  return manifestSchema.parse(require('heterodyne/package.json')).version;
}

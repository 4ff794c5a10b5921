import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';

const require = createRequire(import.meta.url);

/** The version of an installed package whose main module lies one folder below its package.json. */
export function packageVersion(name: string): string {
  const manifest: {readonly version: string} = require(
    join(dirname(require.resolve(name)), '..', 'package.json'),
  );
  return manifest.version;
}

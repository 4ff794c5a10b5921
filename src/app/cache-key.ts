import {createHash} from 'node:crypto';
import type {RuntimeRequirements} from '../../schemas/compiled-network.js';
import type {NetworkRef} from '../../schemas/network-blob.js';
import type {Config, Plugin} from '../plugin/plugin.js';

/** All that a compiled network depends on. */
export interface Compilation {
  readonly network: NetworkRef;
  readonly plugin: Pick<Plugin, 'name' | 'version' | 'cachingProperties'>;
  readonly requirements: RuntimeRequirements;
  /** The device's full name. */
  readonly fullName: string;
  /** Whole: what it leaves out would be the default of another version. */
  readonly config: Config;
}

/** Of what is hashed, and of what is cached. */
const format = 1;

/** The SHA-256 of all that a compiled network depends on, and of nothing else: no path, no name. */
export function cacheDigest(compilation: Compilation): string {
  const {network, plugin, requirements, fullName, config} = compilation;
  const text = JSON.stringify([
    format,
    [network.model.digest, network.weights?.digest ?? null],
    [plugin.name, plugin.version, fullName],
    sorted(requirements),
    sorted(config).filter(([key]) => plugin.cachingProperties?.includes(key) ?? true),
  ]);
  return createHash('sha256').update(text).digest('hex');
}

function sorted(
  values: Readonly<Record<string, unknown>>,
): readonly (readonly [string, unknown])[] {
  return Object.entries(values)
    .filter(([key]) => key !== 'CACHE_DIR')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

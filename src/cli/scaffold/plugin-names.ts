import {InferenceError} from '../../errors.js';

/** The names under which a new plugin is known. */
export interface PluginNames {
  /** Of the folder and in the package: `my-chip`. */
  readonly folder: string;
  /** Of the device: `MY_CHIP`. */
  readonly kind: string;
  /** Of the classes: `MyChip`. */
  readonly prefix: string;
}

/** The names made from one that a user gives. Throws INVALID_ARGUMENT. */
export function pluginNames(name: string): PluginNames {
  const folder = name.toLowerCase().replaceAll('_', '-');
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(folder) || folder.length > 32) {
    throw new InferenceError(
      'INVALID_ARGUMENT',
      `a plugin's name: expected letters, digits and hyphens (at most 32), given '${name}'`,
    );
  }
  const words = folder.split('-');
  return {
    folder,
    kind: words.join('_').toUpperCase(),
    prefix: words.map(word => `${word[0]?.toUpperCase()}${word.slice(1)}`).join(''),
  };
}

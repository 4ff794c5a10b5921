import {createRequire} from 'node:module';
import {isAbsolute, join, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {InferenceError} from '../errors.js';
import type {Plugin} from '../plugin/plugin.js';

const methods = ['devices', 'queryNetwork', 'loadNetwork', 'close'] as const;

/** What a plugin has that exports networks. */
const importing = ['runtimeRequirements', 'canImport', 'importNetwork'] as const;

/**
 * The address of a plugin's module: `specifier` is a path (`./my-plugin.js`) or the name of an npm
 * package, both seen from `folder`. Throws FILE_UNREADABLE if there is none.
 */
export function locatePlugin(specifier: string, folder: string): string {
  const isPath = specifier.startsWith('.') || isAbsolute(specifier);
  const from = createRequire(pathToFileURL(join(folder, 'package.json')));
  try {
    return pathToFileURL(from.resolve(isPath ? resolve(folder, specifier) : specifier)).href;
  } catch (error) {
    const what = isPath ? 'a file' : 'an installed npm package';
    const text = `plugin ${specifier}: expected ${what}, seen from ${folder}`;
    throw new InferenceError('FILE_UNREADABLE', text, {}, {cause: error});
  }
}

/** Rejects with INVALID_ARGUMENT for a module that is no plugin, or one named as a kind in `taken`. */
export async function loadPlugin(address: string, taken: readonly string[]): Promise<Plugin> {
  const plugin = await create(address);
  const {name} = plugin;
  if (typeof name !== 'string' || !/^[A-Z][A-Z0-9_]{0,31}$/.test(name)) {
    throw wrong(address, `a name of capital letters, digits and _, given ${JSON.stringify(name)}`);
  }
  if (taken.includes(name)) throw wrong(address, `another name than ${name}, which is taken`);
  const missing = methods.find(method => typeof plugin[method] !== 'function');
  if (missing !== undefined) throw wrong(address, `a plugin with a method ${missing}`);
  const there = importing.filter(method => typeof plugin[method] === 'function');
  if (there.length === 0 || there.length === importing.length) return plugin;
  throw wrong(address, `a plugin with all of ${importing.join(', ')}, or none`);
}

async function create(address: string): Promise<Plugin> {
  const module = await importModule(address);
  const {createPluginEngine: make} = module;
  if (typeof make !== 'function')
    throw wrong(address, 'a module that exports createPluginEngine()');
  const plugin: unknown = await make();
  if (typeof plugin === 'object' && plugin !== null) return plugin as Plugin;
  throw wrong(address, 'createPluginEngine() to give a plugin');
}

async function importModule(address: string): Promise<{readonly createPluginEngine?: unknown}> {
  try {
    return await import(address);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const text = `${address} cannot be loaded: ${why}`;
    throw new InferenceError('INVALID_ARGUMENT', text, {}, {cause: error});
  }
}

function wrong(address: string, expected: string): InferenceError {
  return new InferenceError('INVALID_ARGUMENT', `${address}: expected ${expected}`);
}

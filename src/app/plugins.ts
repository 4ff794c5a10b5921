import {InferenceError} from '../errors.js';
import {nearestName} from '../nearest-name.js';
import type {Plugin} from '../plugin/plugin.js';
import {loadPlugin} from './plugin-module.js';

interface PluginModule {
  createPluginEngine(): Plugin;
}

/** The plugins that come with Heterodyne, by the kind of device that they know. */
const builtIn: Readonly<Record<string, () => Promise<PluginModule>>> = {
  CPU: () => import('../../devices/cpu/index.js'),
  WASM: () => import('../../devices/wasm/index.js'),
  GPU: () => import('../../devices/gpu/index.js'),
  TEMPLATE: () => import('../../devices/template/index.js'),
};

/**
 * Run only where they are named: the kernels of TEMPLATE are there to be read, and slow; a GPU is
 * looked for by trying, which takes a moment.
 */
const named: readonly string[] = ['GPU', 'TEMPLATE'];

/** The kinds of devices that a program has if it is not told. */
export function defaultPlugins(): readonly string[] {
  return Object.keys(builtIn).filter(kind => !named.includes(kind));
}

/** The kinds of devices that a node has if it is not told: those, and GPU where there is one. */
export async function foundPlugins(): Promise<readonly string[]> {
  const gpu = await createPlugin('GPU');
  try {
    const devices = await gpu.devices();
    return devices.length === 0 ? defaultPlugins() : ['GPU', ...defaultPlugins()];
  } finally {
    await gpu.close();
  }
}

/** Those of a program, and what of the rest a device expression (`HETERO:TEMPLATE,CPU`) names. */
export function pluginsFor(...expressions: readonly string[]): readonly string[] {
  const words = new Set(expressions.flatMap(text => text.split(/[^A-Z0-9_]+/)));
  return [...defaultPlugins(), ...named.filter(kind => words.has(kind))];
}

/** Kinds that no third-party plugin may have: those that come with Heterodyne, and virtual ones. */
const reserved = [...Object.keys(builtIn), 'HETERO', 'MULTI', 'AUTO', 'BATCH'];

/**
 * A plugin that comes with Heterodyne, by its kind; or that of a module, by the address that
 * `locatePlugin` gave. Rejects with UNKNOWN_DEVICE, or as `loadPlugin` does.
 */
export async function createPlugin(plugin: string): Promise<Plugin> {
  if (plugin.startsWith('file:')) return loadPlugin(plugin, reserved);
  return (await loaderOf(plugin)()).createPluginEngine();
}

/** Throws UNKNOWN_DEVICE if there is no such plugin, without loading it. */
export function checkPlugin(kind: string): void {
  loaderOf(kind);
}

function loaderOf(kind: string): () => Promise<PluginModule> {
  const load = Object.hasOwn(builtIn, kind) ? builtIn[kind] : undefined;
  if (load !== undefined) return load;
  const nearest = nearestName(kind, Object.keys(builtIn));
  const hint = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
  throw new InferenceError(
    'UNKNOWN_DEVICE',
    `expected a plugin out of ${Object.keys(builtIn).join(', ')}, given '${kind}'${hint}`,
  );
}

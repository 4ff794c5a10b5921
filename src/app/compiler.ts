import type {RuntimeRequirements} from '../../schemas/compiled-network.js';
import type {ConfigMap} from '../../schemas/config.js';
import type {NetworkRef} from '../../schemas/network-blob.js';
import type {StageOrigin} from '../../schemas/stage-graph.js';
import {standardConfig} from '../plugin/config.js';
import type {ExecutableNetwork, NetworkSource, Plugin} from '../plugin/plugin.js';
import type {CacheKey, CompiledCache} from '../ports/compiled-cache.js';
import type {Log} from '../ports/log.js';
import {cacheDigest} from './cache-key.js';

/** Where a node keeps what it compiled. */
export interface NodeCache {
  readonly store: CompiledCache;
  /** Whether loads are cached that do not ask for it. */
  readonly always: boolean;
}

export interface CompilerOptions {
  readonly plugin: Plugin;
  readonly cache: NodeCache;
  readonly log: Log;
  fetch(network: NetworkRef): Promise<NetworkSource>;
}

export interface Compilable {
  readonly network: NetworkRef;
  readonly config: ConfigMap;
  /** The full name of the device that it is for. */
  readonly fullName: string;
}

export interface Compiled {
  readonly executable: ExecutableNetwork;
  readonly origin: StageOrigin;
}

/** Compiles networks, or imports what was compiled before from the cache. */
export class Compiler {
  readonly #options: CompilerOptions;
  /** By digest, the end of the last of those that wait for each other. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: CompilerOptions) {
    this.#options = options;
  }

  /** Rejects as Plugin.loadNetwork does, and as `fetch`; never for the sake of the cache. */
  async load(order: Compilable): Promise<Compiled> {
    const key = await this.#keyOf(order);
    if (key === undefined) return this.#compile(order);
    // Who asks for what is being compiled waits for it: it is compiled once.
    const before = this.#turns.get(key.digest) ?? Promise.resolve();
    const turn = before.then(() => this.#loadCached(order, key));
    const ended = turn.catch(() => undefined);
    this.#turns.set(key.digest, ended);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(key.digest) === ended) this.#turns.delete(key.digest);
    }
  }

  async #loadCached(order: Compilable, key: CacheKey): Promise<Compiled> {
    const {store} = this.#options.cache;
    const found = await this.#import(order, key);
    if (found !== undefined) return {executable: found, origin: 'cache'};
    const compiled = await this.#compile(order);
    await store.store(key, async folder => compiled.executable.exportNetwork?.(folder));
    return compiled;
  }

  async #compile({network, config}: Compilable): Promise<Compiled> {
    const {plugin, fetch} = this.#options;
    const executable = await plugin.loadNetwork(await fetch(network), config);
    return {executable, origin: 'compiled'};
  }

  async #import({config}: Compilable, key: CacheKey): Promise<ExecutableNetwork | undefined> {
    const {plugin, cache, log} = this.#options;
    const cached = await cache.store.find(key);
    if (cached === undefined) return undefined;
    try {
      const imported = await plugin.importNetwork?.(cached, config);
      await cache.store.opened(key);
      return imported;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.write('warn', 'a cached network is not imported', {entry: key.digest, why});
      await cache.store.drop(key);
      return undefined;
    }
  }

  /** Undefined if nothing is to be cached. */
  async #keyOf({network, config, fullName}: Compilable): Promise<CacheKey | undefined> {
    const {plugin, cache} = this.#options;
    const values = {...config, ...standardConfig(config)};
    const asked = Object.hasOwn(config, 'CACHE_DIR') ? values.CACHE_DIR !== '' : cache.always;
    if (!asked || plugin.importNetwork === undefined) return undefined;
    const requirements = await this.#requirements();
    if (requirements === undefined) return undefined;
    const compilation = {network, plugin, requirements, fullName, config: values};
    return {section: values.CACHE_DIR, digest: cacheDigest(compilation)};
  }

  async #requirements(): Promise<RuntimeRequirements | undefined> {
    const {plugin, log} = this.#options;
    try {
      return await plugin.runtimeRequirements?.();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.write('warn', 'nothing is cached', {plugin: plugin.name, why});
      return undefined;
    }
  }
}

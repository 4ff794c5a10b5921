import {readFile} from 'node:fs/promises';
import type {CompiledRef} from '../../schemas/compiled-network.js';
import type {NetworkRef} from '../../schemas/network-blob.js';
import {InferenceError} from '../errors.js';
import type {CompiledNetwork, ExecutableNetwork, NetworkSource, Plugin} from '../plugin/plugin.js';
import type {BulkStore} from '../ports/bulk-store.js';
import type {Log} from '../ports/log.js';
import {type Compilable, type Compiled, Compiler, type NodeCache} from './compiler.js';

export interface StageLoaderOptions {
  readonly plugin: Plugin;
  readonly bulk: BulkStore;
  readonly cache: NodeCache;
  readonly log: Log;
}

/** What a stage can be loaded from: at least one of `network` and `compiled`. */
export interface StageSource extends Omit<Compilable, 'network'> {
  readonly network: NetworkRef | null;
  /** What was compiled elsewhere, and is tried first. */
  readonly compiled: CompiledRef | null;
}

/** Loads stages: imports what was exported, else what was cached, else compiles. */
export class StageLoader {
  readonly #options: StageLoaderOptions;
  readonly #compiler: Compiler;

  constructor(options: StageLoaderOptions) {
    this.#options = options;
    this.#compiler = new Compiler({...options, fetch: network => this.fetch(network)});
  }

  /** Rejects as `Plugin.loadNetwork` does, with BLOB_INCOMPATIBLE if there is nothing to compile. */
  async load({compiled, network, ...rest}: StageSource): Promise<Compiled> {
    if (network === null) {
      return {executable: await this.#import(compiled, rest), origin: 'blob'};
    }
    if (compiled === null) return this.#compiler.load({network, ...rest});
    try {
      return {executable: await this.#import(compiled, rest), origin: 'blob'};
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.log.write('warn', 'an exported network is compiled again', {why});
      return this.#compiler.load({network, ...rest});
    }
  }

  async fetch({model, weights}: NetworkRef): Promise<NetworkSource> {
    const {bulk} = this.#options;
    const [bytes, weightsFile] = await Promise.all([
      bulk.get(model.digest),
      weights === null ? undefined : bulk.file(weights.digest),
    ]);
    return {model: bytes, weightsFile};
  }

  async #import(
    compiled: CompiledRef | null,
    {config}: Pick<StageSource, 'config'>,
  ): Promise<ExecutableNetwork> {
    const {plugin} = this.#options;
    if (compiled === null || plugin.importNetwork === undefined || plugin.canImport === undefined) {
      throw incompatible(`${plugin.name} imports nothing`);
    }
    const support = await plugin.canImport(compiled.requirements);
    if (!support.supported) throw incompatible(support.reason);
    return plugin.importNetwork(await this.#fetchCompiled(compiled), config);
  }

  /** As files, which a host fetches once for all its processes. */
  async #fetchCompiled({content, weights}: CompiledRef): Promise<CompiledNetwork> {
    const {bulk} = this.#options;
    const [contentFile, weightsFile] = await Promise.all([
      bulk.file(content.digest),
      weights === null ? undefined : bulk.file(weights.digest),
    ]);
    return {content: await readFile(contentFile), weightsFile};
  }
}

function incompatible(why: string): InferenceError {
  const text = `the exported stage cannot be imported, and there is nothing to compile: ${why}`;
  return new InferenceError('BLOB_INCOMPATIBLE', text);
}

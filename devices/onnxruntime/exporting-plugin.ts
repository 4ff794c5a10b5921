import type {ImportSupport, RuntimeRequirements} from '../../schemas/compiled-network.js';
import {meetsRequirements} from '../../src/plugin/meets-requirements.js';
import type {CompiledNetwork, Config, ExecutableNetwork} from '../../src/plugin/plugin.js';
import {type LoadOptions, OnnxRuntimeNetwork} from './executable-network.js';
import {OnnxRuntimePlugin} from './plugin.js';

/** A plugin over a build of ONNX Runtime that can write networks as it optimises them. */
export class ExportingPlugin extends OnnxRuntimePlugin {
  /** Neither streams nor threads change what ONNX Runtime optimises a network to. */
  readonly cachingProperties: readonly string[] = [];
  #requirements: Promise<RuntimeRequirements> | undefined;

  runtimeRequirements(): Promise<RuntimeRequirements> {
    this.#requirements ??= this.#findRequirements().catch(error => {
      this.#requirements = undefined;
      throw error;
    });
    return this.#requirements;
  }

  async canImport(requirements: RuntimeRequirements): Promise<ImportSupport> {
    return meetsRequirements(requirements, await this.runtimeRequirements());
  }

  importNetwork(compiled: CompiledNetwork, config: Config): Promise<ExecutableNetwork> {
    return this.open(config, options => OnnxRuntimeNetwork.import(compiled, options));
  }

  protected override get save(): LoadOptions['save'] {
    return async (network, folder) => this.service.save(network, folder);
  }

  async #findRequirements(): Promise<RuntimeRequirements> {
    return {
      plugin: this.name,
      onnxruntime: this.version,
      architecture: process.arch,
      optimization: await this.service.optimization(),
    };
  }
}

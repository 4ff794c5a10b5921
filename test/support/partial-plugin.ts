import type {OperationSupport} from '../../schemas/device.js';
import type {
  Config,
  ExecutableNetwork,
  NetworkSource,
  Plugin,
  PluginDevice,
} from '../../src/plugin/plugin.js';

/** A plugin whose device claims only some of the operations that another plugin's device runs. */
export class PartialPlugin implements Plugin {
  readonly name: string;
  readonly version: string;
  readonly #whole: Plugin;
  /** Names of the operations that its device claims from now on. */
  claimed: ReadonlySet<string> = new Set();

  constructor(name: string, whole: Plugin) {
    this.name = name;
    this.version = whole.version;
    this.#whole = whole;
  }

  devices(): Promise<readonly PluginDevice[]> {
    return this.#whole.devices();
  }

  async queryNetwork(network: NetworkSource, config: Config): Promise<readonly OperationSupport[]> {
    const support = await this.#whole.queryNetwork(network, config);
    return support.map(operation =>
      this.claimed.has(operation.name)
        ? operation
        : {name: operation.name, supported: false, reason: `${this.name} leaves it out`},
    );
  }

  loadNetwork(network: NetworkSource, config: Config): Promise<ExecutableNetwork> {
    return this.#whole.loadNetwork(network, config);
  }

  close(): Promise<void> {
    return this.#whole.close();
  }
}

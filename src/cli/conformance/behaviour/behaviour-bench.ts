import type {ClusterClient, LoadOptions} from '../../../client/cluster-client.js';
import type {StateDeclaration} from '../../../client/declared-state.js';
import type {ExecutableNetwork} from '../../../client/executable-network.js';
import type {Config} from '../../../plugin/plugin.js';

export interface LoadWishes extends LoadOptions {
  readonly config?: Config;
  readonly states?: readonly StateDeclaration[];
}

/** Another connection to the cluster that the device is in. */
export type OpenCore = () => Promise<ClusterClient>;

/** A device under test, and what a behaviour has loaded on it. */
export class BehaviourBench {
  readonly core: ClusterClient;
  readonly device: string;
  readonly openCore: OpenCore;
  readonly #loaded: ExecutableNetwork[] = [];

  constructor(core: ClusterClient, device: string, openCore: OpenCore) {
    this.core = core;
    this.device = device;
    this.openCore = openCore;
  }

  /** A network on the device, until the behaviour has ended. */
  load(
    model: Uint8Array,
    config: Config = {},
    states: readonly StateDeclaration[] = [],
  ): Promise<ExecutableNetwork> {
    return this.loadWith(model, {config, states});
  }

  async loadWith(
    model: Uint8Array,
    {config = {}, states = [], preprocessing}: LoadWishes,
  ): Promise<ExecutableNetwork> {
    const network = await this.core.readNetwork(model);
    network.setState(states);
    const options = preprocessing === undefined ? {} : {preprocessing};
    const executable = await this.core.loadNetwork(network, this.device, config, options);
    this.#loaded.push(executable);
    return executable;
  }

  /** What was exported, on the device again, until the behaviour has ended. */
  async import(blob: Uint8Array, config: Config = {}): Promise<ExecutableNetwork> {
    const executable = await this.core.importNetwork(blob, this.device, config);
    this.#loaded.push(executable);
    return executable;
  }

  async end(): Promise<void> {
    await Promise.allSettled(this.#loaded.map(executable => executable.release()));
  }
}

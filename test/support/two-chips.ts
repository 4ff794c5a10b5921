import {z} from 'zod';
import {TemplatePlugin} from '../../devices/template/plugin.js';
import {
  type Config,
  type ConfigProperty,
  type ExecutableNetwork,
  InferenceError,
  type Metrics,
  type NetworkSource,
  type Plugin,
  type PluginDevice,
  parseConfig,
} from '../../src/plugin/index.js';

const mode: ConfigProperty<'fast' | 'cool'> = {
  mutability: 'RW',
  levels: ['device'],
  schema: z.enum(['fast', 'cool']),
  expected: 'fast or cool',
  default: 'cool',
  description: 'How warm it may get.',
};
const own = {CHIP_MODE: mode};

/** A third party's plugin: two chips on one host, which count what each was given. */
class TwoChips implements Plugin {
  readonly name = 'CHIP';
  readonly version = '1.0.0';
  readonly #kernels = new TemplatePlugin();
  readonly #loads = new Map([
    ['0', 0],
    ['1', 0],
  ]);

  async devices(): Promise<readonly PluginDevice[]> {
    return ['0', '1'].map(id => ({id, fullName: `chip ${id}`, capabilities: ['FP32']}));
  }

  async getMetrics(deviceId: string): Promise<Metrics> {
    return {CHIP_LOADS: this.#loads.get(deviceId), DEVICE_TYPE: 'discrete'};
  }

  async getConfig(): Promise<Config> {
    return {CHIP_MODE: 'cool'};
  }

  queryNetwork(network: NetworkSource, config: Config) {
    parseConfig(config, own);
    return this.#kernels.queryNetwork(network, {});
  }

  async loadNetwork(network: NetworkSource, config: Config): Promise<ExecutableNetwork> {
    const {CHIP_MODE, DEVICE_ID, ...others} = parseConfig(config, own);
    const loads = this.#loads.get(DEVICE_ID);
    if (loads === undefined) throw new InferenceError('INTERNAL', `no chip ${DEVICE_ID}`);
    this.#loads.set(DEVICE_ID, loads + (CHIP_MODE === 'fast' ? 100 : 1));
    return this.#kernels.loadNetwork(network, others);
  }

  close(): Promise<void> {
    return this.#kernels.close();
  }
}

export function createPluginEngine(): Plugin {
  return new TwoChips();
}

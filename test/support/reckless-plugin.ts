import {createPluginEngine as createCpu} from '../../devices/cpu/index.js';
import type {OperationSupport} from '../../schemas/device.js';
import {readNetwork} from '../../src/network/read-network.js';
import type {
  Config,
  ExecutableNetwork,
  Inference,
  InferenceResult,
  NetworkSource,
  Plugin,
  PluginDevice,
} from '../../src/plugin/plugin.js';

/** The CPU, but for networks that have an output of one of these names. */
const ways: Readonly<Record<string, () => Promise<InferenceResult>>> = {
  crash: () => Promise.resolve(process.abort()),
  hang: () => {
    for (;;);
  },
  fail: () => Promise.reject(new Error('the kernel failed')),
  stall: () => new Promise(() => {}),
  wrong: () => {
    const data = Float32Array.of(7, 7);
    const tensor = {type: 'f32', shape: [2], data} as const;
    return Promise.resolve({tensors: new Map([['wrong', tensor]]), executeUs: 0});
  },
};

class RecklessPlugin implements Plugin {
  readonly name = 'RECKLESS';
  readonly version = '1.0.0';
  readonly #cpu = createCpu();

  devices(): Promise<readonly PluginDevice[]> {
    return this.#cpu.devices();
  }

  queryNetwork(network: NetworkSource, config: Config): Promise<readonly OperationSupport[]> {
    return this.#cpu.queryNetwork(network, config);
  }

  async loadNetwork(network: NetworkSource, config: Config): Promise<ExecutableNetwork> {
    const loaded = await this.#cpu.loadNetwork(network, config);
    const way = readNetwork(network.model).outputs.find(({name}) => name in ways);
    const go = ways[way?.name ?? ''];
    return {
      inputs: loaded.inputs,
      outputs: loaded.outputs,
      slots: loaded.slots,
      infer: (inference: Inference) => (go === undefined ? loaded.infer(inference) : go()),
      release: () => loaded.release(),
    };
  }

  close(): Promise<void> {
    return this.#cpu.close();
  }
}

export function createPluginEngine(): Plugin {
  return new RecklessPlugin();
}

import {createPluginEngine as createCpu} from '../../devices/cpu/index.js';
import type {ExecutableNetwork, Inference, Plugin} from '../../src/plugin/plugin.js';

/** The first element of an input that never comes to an end. */
export const endless = -1;

/** The CPU, under another name, with a kernel that never returns for some inputs. */
export function createPluginEngine(): Plugin {
  const cpu = createCpu();
  return {
    name: 'HANGING',
    version: cpu.version,
    devices: () => cpu.devices(),
    queryNetwork: (network, config) => cpu.queryNetwork(network, config),
    loadNetwork: async (network, config) => hanging(await cpu.loadNetwork(network, config)),
    close: () => cpu.close(),
  };
}

function hanging(executable: ExecutableNetwork): ExecutableNetwork {
  return {
    inputs: executable.inputs,
    outputs: executable.outputs,
    slots: executable.slots,
    infer(inference: Inference) {
      const [first] = inference.tensors.get('x')?.data ?? [];
      return first === endless ? new Promise(() => {}) : executable.infer(inference);
    },
    release: () => executable.release(),
  };
}

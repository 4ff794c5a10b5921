import type {OperationSupport} from '../../schemas/device.js';
import type {
  Config,
  ExecutableNetwork,
  InferenceResult,
  NetworkSource,
  Plugin,
  PluginDevice,
} from '../../src/plugin/plugin.js';

/**
 * A plugin that is wrong: every answer but the first is that to the inference before. Without
 * another plugin behind it, its device has no operation.
 */
export class ForgetfulPlugin implements Plugin {
  readonly name = 'FORGETFUL';
  readonly version = '1.0.0';
  readonly #right: Plugin | undefined;

  constructor(right: Plugin | undefined) {
    this.#right = right;
  }

  devices(): Promise<readonly PluginDevice[]> {
    return Promise.resolve([{id: '', fullName: 'A wrong device', capabilities: ['FP32']}]);
  }

  async queryNetwork(network: NetworkSource, config: Config): Promise<readonly OperationSupport[]> {
    if (this.#right !== undefined) return this.#right.queryNetwork(network, config);
    return [];
  }

  async loadNetwork(network: NetworkSource, config: Config): Promise<ExecutableNetwork> {
    if (this.#right === undefined) throw new Error('nothing was claimed');
    const right = await this.#right.loadNetwork(network, config);
    let before: InferenceResult | undefined;
    return {
      inputs: right.inputs,
      outputs: right.outputs,
      slots: right.slots,
      async infer(inference) {
        const result = await right.infer(inference);
        const given = before ?? result;
        before = result;
        return {...given, tensors: new Map(given.tensors)};
      },
      release: () => right.release(),
    };
  }

  async close(): Promise<void> {
    await this.#right?.close();
  }
}

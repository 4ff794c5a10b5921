import {InferenceError} from '../../src/errors.js';
import type {Plugin} from '../../src/plugin/plugin.js';

const lifeMs = 50;

/** A plugin whose process ends soon after it has started, every time. */
export function createPluginEngine(): Plugin {
  const refuse = () => Promise.reject(new InferenceError('NOT_IMPLEMENTED', 'it lives too short'));
  return {
    name: 'MAYFLY',
    version: '1.0.0',
    devices: async () => {
      setTimeout(() => process.exit(3), lifeMs);
      return [{id: '', fullName: 'mayfly', capabilities: ['FP32']}];
    },
    queryNetwork: refuse,
    loadNetwork: refuse,
    close: async () => {},
  };
}

import {InferenceError} from '../../src/errors.js';
import type {Plugin} from '../../src/plugin/plugin.js';

/** A plugin whose process ends as soon as its node knows that it has started, every time. */
export function createPluginEngine(): Plugin {
  const refuse = () => Promise.reject(new InferenceError('NOT_IMPLEMENTED', 'it lives too short'));
  return {
    name: 'MAYFLY',
    version: '1.0.0',
    devices: async () => {
      endWhenReady();
      return [{id: '', fullName: 'mayfly', capabilities: ['FP32']}];
    },
    queryNetwork: refuse,
    loadNetwork: refuse,
    close: async () => {},
  };
}

function endWhenReady(): void {
  const send = process.send?.bind(process);
  process.send = (message: {readonly kind: string}) =>
    send?.(message, undefined, undefined, () => {
      if (message.kind === 'ready') process.exit(3);
    }) ?? false;
}

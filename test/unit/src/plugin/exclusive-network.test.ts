import test from 'ava';
import {ExclusiveNetwork} from '../../../../src/plugin/exclusive-network.js';
import {NamedExecutor} from '../../../../src/plugin/named-executor.js';
import type {InferenceResult} from '../../../../src/plugin/plugin.js';

test('two networks on one executor infer one at a time', async t => {
  const executor = new NamedExecutor({name: 'DEVICE', slots: 1, queuedMax: 16});
  const events: string[] = [];
  const ends: (() => void)[] = [];
  const networks = ['a', 'b'].map(name => {
    const infer = () => {
      events.push(`${name} starts`);
      return new Promise<InferenceResult>(resolve => {
        ends.push(() => {
          events.push(`${name} ends`);
          resolve({tensors: new Map(), executeUs: 1});
        });
      });
    };
    const network = {inputs: [], outputs: [], slots: 4, infer, release: async () => {}};
    return new ExclusiveNetwork(network, executor);
  });
  t.deepEqual(
    networks.map(({slots}) => slots),
    [1, 1],
  );
  const inference = {tensors: new Map(), owned: false, profile: false};
  const running = networks.map(network => network.infer(inference));
  t.deepEqual(events, ['a starts']);
  ends[0]?.();
  await running[0];
  ends[1]?.();
  await running[1];
  t.deepEqual(events, ['a starts', 'a ends', 'b starts', 'b ends']);
});

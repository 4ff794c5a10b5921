import test from 'ava';
import {cpuBackend} from '../../../../devices/cpu/backend.js';
import {inferTypes} from '../../../../devices/onnxruntime/infer-types.js';
import {tryOperations} from '../../../../devices/onnxruntime/try-operations.js';
import {readNetwork} from '../../../../src/network/read-network.js';
import {randomNetwork} from '../../../support/random-network.js';

test('operations that run together run one by one, and make the same types', async t => {
  for (let seed = 1; seed <= 100; seed++) {
    const {bytes} = randomNetwork(seed);
    const whole = await inferTypes(cpuBackend, bytes, undefined);
    const trial = await tryOperations(cpuBackend, readNetwork(bytes));
    t.deepEqual(
      trial.support.filter(({supported}) => !supported),
      [],
      `seed ${seed}`,
    );
    for (const [name, info] of whole) {
      const found = trial.values.get(name);
      t.is(found?.kind, info.kind, `seed ${seed}: ${name}`);
      if (found?.kind === 'tensor' && info.kind === 'tensor') t.is(found.type, info.type);
    }
  }
});

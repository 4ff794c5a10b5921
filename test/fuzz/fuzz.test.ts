import test from 'ava';
import {fuzz} from './fuzz.js';
import {targets} from './targets.js';

const cases = 1000;

for (const target of targets) {
  test(`${target.name}: what is changed anyhow is read or refused, never more`, async t => {
    const faults = await fuzz(target, {cases, seed: 1});
    const replays = faults.map(({seed, why}) => {
      return `npm run fuzz -- --target '${target.name}' --seed ${seed} --cases 1: ${why}`;
    });
    t.deepEqual(replays, []);
  });
}

test('the samples themselves are read', async t => {
  for (const {samples, read} of targets) {
    for (const sample of samples) await t.notThrowsAsync(async () => read(sample));
  }
});

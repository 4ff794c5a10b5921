import {parseArgs} from 'node:util';
import {fuzz} from './fuzz.js';
import {targets} from './targets.js';

/* `npm run fuzz -- [--cases N] [--seed S] [--target NAME]`: N cases over all targets. */

const {values} = parseArgs({
  options: {
    cases: {type: 'string', default: '1000000'},
    seed: {type: 'string', default: String(Math.floor(Math.random() * 2 ** 31))},
    target: {type: 'string'},
  },
});

const chosen = targets.filter(({name}) => values.target === undefined || name === values.target);
const cases = Math.ceil(Number(values.cases) / chosen.length);
const seed = Number(values.seed);
for (const target of chosen) {
  const began = performance.now();
  const faults = await fuzz(target, {cases, seed});
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(
    `${target.name}: ${cases} cases from seed ${seed}, ${faults.length} faults, ${seconds} s`,
  );
  for (const fault of faults) console.log(`  --seed ${fault.seed}: ${fault.why}`);
  if (faults.length > 0) process.exitCode = 1;
}

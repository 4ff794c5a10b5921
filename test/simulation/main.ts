import {parseArgs} from 'node:util';
import {scenarios} from './scenarios.js';
import {type Run, simulate} from './simulate.js';

const usage = `npm run simulate -- [--scenario NAME] [--seed N] [--seeds COUNT] [--trace]

Runs a cluster in virtual time. Without a scenario, all of them; with COUNT, as many seeds from N on.
Scenarios:
${scenarios.map(({name, about}) => `  ${name.padEnd(16)} ${about}`).join('\n')}
`;

const {values} = parseArgs({
  options: {
    scenario: {type: 'string'},
    seed: {type: 'string', default: '1'},
    seeds: {type: 'string', default: '1'},
    trace: {type: 'boolean', default: false},
    help: {type: 'boolean', default: false},
  },
});

function print(run: Run): void {
  for (const line of run.trace) console.log(line);
  const {scenario, seed, requests, digest, lastDraw, broken} = run;
  console.log(`${scenario} seed ${seed}: ${requests} requests, trace ${digest}, draw ${lastDraw}`);
  for (const {property, what} of broken) console.log(`  BROKEN ${property}: ${what}`);
}

async function main(): Promise<number> {
  const chosen = scenarios.filter(({name}) => [undefined, name].includes(values.scenario));
  const [first, count] = [Number(values.seed), Number(values.seeds)];
  if (values.help || chosen.length === 0 || !Number.isInteger(first) || !Number.isInteger(count)) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const reached = new Map<string, number>();
  let failed = 0;
  for (const scenario of chosen) {
    for (let seed = first; seed < first + count; seed++) {
      const run = await simulate(scenario, seed, {trace: values.trace});
      if (run.broken.length > 0) failed += 1;
      if (count === 1 || run.broken.length > 0) print(run);
      for (const [what, times] of run.reached) reached.set(what, (reached.get(what) ?? 0) + times);
    }
  }
  for (const [what, times] of [...reached].sort())
    console.log(`${String(times).padStart(8)} ${what}`);
  return failed > 0 ? 1 : 0;
}

process.exitCode = await main();

import test from 'ava';
import {corpus} from './corpus.js';
import {replayCommand} from './replay.js';
import type {Scenario} from './scenario.js';
import {scenarios} from './scenarios.js';
import {type Run, simulate} from './simulate.js';

/** A run that failed: what was broken, and how to see it again. */
function failureOf(run: Run): readonly string[] {
  const [first] = run.broken;
  if (first === undefined) return [];
  return [`${first.property}: ${first.what}\n  ${replayCommand(run)}`];
}

async function runAll(scenario: Scenario): Promise<readonly Run[]> {
  const {name, seeds} = scenario;
  const once = (corpus[name] ?? []).map(({seed}) => seed);
  const drawn = Array.from({length: seeds}, (_, at) => at + 1);
  const runs: Run[] = [];
  for (const seed of new Set([...once, ...drawn])) {
    runs.push(await simulate(scenario, seed));
  }
  return runs;
}

for (const scenario of scenarios) {
  test(`${scenario.name}: every property holds for every seed, and hard cases are met`, async t => {
    const runs = await runAll(scenario);
    t.deepEqual(runs.flatMap(failureOf), []);
    const reached = new Set(runs.flatMap(run => [...run.reached.keys()]));
    t.deepEqual(
      scenario.sometimes.filter(what => !reached.has(what)),
      [],
    );
  });
}

test('the corpus names scenarios that there are', t => {
  const known = new Set(scenarios.map(({name}) => name));
  t.deepEqual(
    Object.keys(corpus).filter(name => !known.has(name)),
    [],
  );
});

test('the same seed gives the same trace and the same final draw', async t => {
  const digests = new Set<string>();
  for (const scenario of scenarios) {
    const [first, second] = [
      await simulate(scenario, 42, {trace: true}),
      await simulate(scenario, 42, {trace: true}),
    ];
    t.deepEqual(first.trace, second.trace, scenario.name);
    t.is(first.lastDraw, second.lastDraw, scenario.name);
    digests.add(first.digest);
  }
  t.is(digests.size, scenarios.length);
});

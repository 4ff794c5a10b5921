import {fileURLToPath} from 'node:url';
import test from 'ava';
import {behaviours} from '../../../../src/cli/conformance/behaviour/behaviours.js';
import {
  namesOfBehaviours,
  runBehaviours,
} from '../../../../src/cli/conformance/behaviour/run-behaviours.js';
import type {CaseSettings} from '../../../../src/cli/conformance/case-messages.js';

const module = fileURLToPath(new URL('../../../support/stub-case-worker.js', import.meta.url));
const settings: CaseSettings = {
  ...{connect: null, plugin: null, device: 'STUB', cutWith: null, noCuts: true},
  inferTimeoutMs: 1000,
};

test('every behaviour has a sentence of its own', t => {
  const names = namesOfBehaviours();
  t.is(new Set(names).size, behaviours.length);
  t.true(names.length > 40);
  for (const name of names) t.regex(name, /^[a-z].{20,}[^.]$/);
});

test('behaviours are chosen by what they are about, or by a part of their sentence', t => {
  t.true(namesOfBehaviours('callbacks').length > 2);
  t.deepEqual(namesOfBehaviours('a callback may replace itself').length, 1);
  t.deepEqual(namesOfBehaviours('no such behaviour'), []);
});

test('one that crashes or hangs costs itself only', async t => {
  const told: string[] = [];
  const names = ['a', 'crash', 'b', 'hang', 'c'];
  const results = await runBehaviours(names, {
    ...{settings, stepTimeoutMs: 500, module},
    onResult: ({name, outcome}) => told.push(`${name} ${outcome}`),
  });
  t.deepEqual(told, ['a passed', 'crash crashed', 'b passed', 'hang hanging', 'c passed']);
  t.deepEqual(
    results.map(({name}) => name),
    names,
  );
});

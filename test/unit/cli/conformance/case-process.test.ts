import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import type {CaseSettings} from '../../../../src/cli/conformance/case-messages.js';
import {CaseProcess} from '../../../../src/cli/conformance/case-process.js';
import {InferenceError} from '../../../../src/errors.js';

const stub = fileURLToPath(new URL('../../../support/stub-case-worker.js', import.meta.url));
const settings: CaseSettings = {
  connect: null,
  plugin: null,
  device: 'STUB',
  cutWith: null,
  noCuts: false,
  inferTimeoutMs: 1000,
};
const longMs = 60_000;

async function startProcess(t: ExecutionContext, silentMs = longMs): Promise<CaseProcess> {
  const started = await CaseProcess.start(settings, silentMs, stub);
  t.teardown(() => started.stop());
  return started;
}

const caseOf = (name: string) => ({name, path: '/nowhere'});

test('one process runs case after case', async t => {
  const cases = await startProcess(t);
  t.is(cases.cutWith, 'OTHER');
  for (const name of ['a', 'b']) {
    const {name: ran, outcome} = await cases.run(caseOf(name));
    t.deepEqual([ran, outcome, cases.usable], [name, 'passed', true]);
  }
});

test('a case that ends its process has crashed, with the last words of it', async t => {
  const cases = await startProcess(t);
  const {name, outcome, message} = await cases.run(caseOf('crash'));
  t.deepEqual([name, outcome], ['crash', 'crashed']);
  t.is(message, 'undivided: the process ended (SIGKILL): out of luck');
  t.false(cases.usable);
  t.is((await cases.run(caseOf('next'))).outcome, 'crashed');
});

test('a case that does not answer hangs, and its process is ended', async t => {
  const cases = await startProcess(t, 100);
  const {outcome, message} = await cases.run(caseOf('hang'));
  t.is(outcome, 'hanging');
  t.regex(message, /no answer within 0\.1 s$/);
  t.false(cases.usable);
});

test('a process that has lost a device is not used again', async t => {
  const cases = await startProcess(t);
  t.is((await cases.run(caseOf('lose the device'))).outcome, 'crashed');
  t.false(cases.usable);
});

test('what a process cannot start for is told', async t => {
  const starting = CaseProcess.start({...settings, device: 'NONE'}, longMs, stub);
  const error = await t.throwsAsync(starting, {instanceOf: InferenceError});
  t.is(error.code, 'UNKNOWN_DEVICE');
  const absent = CaseProcess.start(settings, longMs, `${stub}.absent`);
  const lost = await t.throwsAsync(absent, {instanceOf: InferenceError});
  t.is(lost.code, 'DEVICE_LOST');
});

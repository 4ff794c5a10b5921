import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {CaseLane} from '../../../../src/cli/conformance/case-lane.js';
import type {CaseResult} from '../../../../src/cli/conformance/case-result.js';
import {temporaryFolder} from '../../../support/temporary-folder.js';

const module = fileURLToPath(new URL('../../../support/stub-case-worker.js', import.meta.url));
const longMs = 60_000;

function laneOf(t: ExecutionContext, device: string, restartMsMax = longMs): CaseLane {
  const settings = {
    ...{connect: null, plugin: null, device, cutWith: null, noCuts: true},
    inferTimeoutMs: longMs,
  };
  const lane = new CaseLane({settings, stepTimeoutMs: longMs, module, restartMsMax});
  t.teardown(() => lane.stop());
  return lane;
}

function run(lane: CaseLane, name: string): Promise<CaseResult> {
  return lane.perform(name, process => process.run({name, path: '/nowhere'}));
}

/** The name of a stub's device that is not there from one start to another. */
async function awayDevice(t: ExecutionContext, from: number, to: number): Promise<string> {
  return `AWAY ${from} ${to} ${join(await temporaryFolder(t), 'starts')}`;
}

test('a device that is not there from the start ends the run', async t => {
  await t.throwsAsync(laneOf(t, 'NONE').start(), {code: 'UNKNOWN_DEVICE'});
});

test('a device that a case has ended may take some time to come back', async t => {
  const lane = laneOf(t, await awayDevice(t, 2, 3));
  await lane.start();
  t.is(lane.cutWith, 'OTHER');
  t.is((await run(lane, 'crash')).outcome, 'crashed');
  t.is((await run(lane, 'a')).outcome, 'passed');
});

test('cases crash with a device that does not come back, and do not wait for it again', async t => {
  const lane = laneOf(t, await awayDevice(t, 2, 2), 1);
  await lane.start();
  await run(lane, 'crash');
  for (const name of ['a', 'b']) {
    const {outcome, message} = await run(lane, name);
    t.deepEqual([outcome, message], ['crashed', 'not started again: there is no NONE']);
  }
});

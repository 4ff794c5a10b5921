import {existsSync} from 'node:fs';
import test from 'ava';
import {runScenario} from './run-scenario.js';
import {scenarios} from './scenarios.js';

/* Real processes die, stall and go while requests flow: none is lost, none is wrong. */

const onLinux = existsSync('/proc/self/stat') ? test.serial : test.serial.skip;

for (const scenario of scenarios) {
  onLinux(`${scenario.name}: every request settles, with its own result`, async t => {
    t.timeout(120_000);
    const result = await runScenario(t, scenario);
    const {mayFail = []} = scenario;
    t.log(JSON.stringify(result));
    t.is(result.lost, 0);
    t.is(result.wrong, 0);
    t.deepEqual(
      Object.keys(result.failed).filter(code => !mayFail.includes(code)),
      [],
    );
    const failed = Object.values(result.failed).reduce((sum, count) => sum + count, 0);
    t.is(result.sent, result.succeeded + failed);
  });
}

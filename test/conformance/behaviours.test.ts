import test from 'ava';
import {createPluginEngine} from '../../devices/template/index.js';
import {behaviours} from '../../src/cli/conformance/behaviour/behaviours.js';
import {runBehaviour} from '../../src/cli/conformance/behaviour/run-behaviour.js';
import {Core} from '../../src/index.js';
import {ForgetfulPlugin} from '../support/forgetful-plugin.js';
import {behavesAs} from './behaviours.js';

behavesAs('CPU', async () => ({devices: ['CPU']}));
behavesAs('TEMPLATE', async () => ({devices: ['TEMPLATE']}));

test.serial('a device that answers with what it was asked before fails, and says how', async t => {
  const openCore = () =>
    Core.embedded({devices: [], plugins: [new ForgetfulPlugin(createPluginEngine())]});
  const core = await openCore();
  t.teardown(() => core.close());
  const failed: string[] = [];
  for (const {area, name} of behaviours.filter(({area}) => area === 'chaining')) {
    const {outcome, message} = await runBehaviour(name, core, {device: 'FORGETFUL', openCore});
    if (outcome !== 'passed') failed.push(`${area} ${outcome}: ${message}`);
  }
  t.is(failed.length, 2);
  t.regex(failed.join('\n'), /chaining failed: round 2: expected \[3,7\], given \[1,3\]/);
});

test.serial('operations that a device does not have are unsupported, not failed', async t => {
  const core = await Core.embedded({devices: [], plugins: [new ForgetfulPlugin(undefined)]});
  t.teardown(() => core.close());
  const name = 'there is nothing to wait for where nothing was started';
  const openCore = () => Promise.resolve(core);
  const result = await runBehaviour(name, core, {device: 'FORGETFUL', openCore});
  t.like(result, {outcome: 'unsupported', operation: 'waiting'});
});

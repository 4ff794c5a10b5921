import test from 'ava';
import {Orphans} from '../../../actors/orphans.js';
import {deviceOn} from '../../support/device-descriptions.js';

const cpu = deviceOn('host-a', 'CPU');
const gpu = deviceOn('host-b', 'GPU');
const nothing: ReadonlySet<string> = new Set();

test('a stage that nobody knows at two looks in a row is an orphan', t => {
  const orphans = new Orphans();
  orphans.hear(cpu.address, ['stage.a', 'stage.b']);
  const known = new Set(['stage.a']);
  t.deepEqual(orphans.look([cpu, gpu], known), []);
  t.deepEqual(orphans.look([cpu, gpu], known), [{address: 'stage.b', device: 'host-a/CPU'}]);
});

test('a stage that is known at one of the looks is none', t => {
  const orphans = new Orphans();
  orphans.hear(cpu.address, ['stage.a']);
  orphans.look([cpu], nothing);
  t.deepEqual(orphans.look([cpu], new Set(['stage.a'])), []);
  t.deepEqual(orphans.look([cpu], nothing), []);
});

test('what a device held that has left, or one leader has seen for another, is forgotten', t => {
  const orphans = new Orphans();
  orphans.hear(cpu.address, ['stage.a']);
  orphans.look([cpu], nothing);
  orphans.forget();
  t.deepEqual(orphans.look([cpu], nothing), []);
  orphans.onMembers([gpu]);
  t.deepEqual(orphans.look([cpu], nothing), []);
});

import test from 'ava';
import {RecentKeys} from '../../../src/kernel/recent-keys.js';

test('the last keys are remembered, and older ones forgotten', t => {
  const keys = new RecentKeys(3);
  for (const key of ['a', 'b', 'c', 'd']) keys.add(key);
  t.false(keys.has('a'));
  t.true(['b', 'c', 'd'].every(key => keys.has(key)));
});

test('a key that is there already pushes no other out', t => {
  const keys = new RecentKeys(2);
  for (const key of ['a', 'b', 'b', 'b']) keys.add(key);
  t.true(keys.has('a'));
});

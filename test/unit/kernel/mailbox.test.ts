import test from 'ava';
import {Mailbox} from '../../../src/kernel/mailbox.js';

function filled(queuedMax: number, ...keys: readonly string[]): Mailbox<string> {
  const mailbox = new Mailbox<string>(queuedMax);
  for (const key of keys) mailbox.put(key, `entry ${key}`, 'MEDIUM');
  return mailbox;
}

test('entries are taken first come, first served', t => {
  const mailbox = filled(3, 'a', 'b');
  t.deepEqual(mailbox.take(), {key: 'a', entry: 'entry a'});
  t.deepEqual(mailbox.take(), {key: 'b', entry: 'entry b'});
  t.is(mailbox.take(), undefined);
});

test('a full mailbox takes nothing and keeps what it has', t => {
  const mailbox = filled(2, 'a', 'b');
  t.false(mailbox.put('c', 'entry c', 'HIGH'));
  t.deepEqual([...mailbox.entries()].flat(), ['a', 'entry a', 'b', 'entry b']);
});

test('an entry can be looked at and taken out by its key', t => {
  const mailbox = filled(3, 'a', 'b', 'c');
  t.is(mailbox.get('b'), 'entry b');
  t.is(mailbox.remove('b'), 'entry b');
  t.is(mailbox.remove('b'), undefined);
  t.is(mailbox.size, 2);
  t.deepEqual(mailbox.take()?.key, 'a');
  t.deepEqual(mailbox.take()?.key, 'c');
});

test('entries of higher priority are taken first, and push out the others', t => {
  const mailbox = filled(4, 'a', 'b', 'c');
  mailbox.put('d', 'entry d', 'HIGH');
  t.is(mailbox.pushOut('MEDIUM'), undefined);
  t.deepEqual(mailbox.pushOut('HIGH'), {key: 'c', entry: 'entry c'});
  t.is(mailbox.get('c'), undefined);
  t.deepEqual(
    Array.from({length: 4}, () => mailbox.take()?.key),
    ['d', 'a', 'b', undefined],
  );
});

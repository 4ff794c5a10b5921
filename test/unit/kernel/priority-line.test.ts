import test from 'ava';
import {PriorityLine} from '../../../src/kernel/priority-line.js';

function lineOf(items: Readonly<Record<'HIGH' | 'MEDIUM' | 'LOW', string>>): PriorityLine<string> {
  const line = new PriorityLine<string>();
  for (const item of items.LOW) line.add(item, 'LOW');
  for (const item of items.MEDIUM) line.add(item, 'MEDIUM');
  for (const item of items.HIGH) line.add(item, 'HIGH');
  return line;
}

/** As long as there are any. */
function takeAll(line: PriorityLine<string>): string {
  let taken = '';
  for (let item = line.take(); item !== undefined; item = line.take()) taken += item;
  return taken;
}

test('higher priorities are taken first, and of each the first to come', t => {
  const line = lineOf({HIGH: 'ab', MEDIUM: 'mn', LOW: 'xy'});
  t.is(line.size, 6);
  t.is(takeAll(line), 'abmnxy');
  t.is(line.size, 0);
});

test('each priority that waits has its turn after sixteen of higher ones', t => {
  const line = lineOf({HIGH: '', MEDIUM: '', LOW: 'xyz'});
  let taken = '';
  for (let count = 0; count < 40; count++) {
    line.add(`h${count}`, 'HIGH');
    taken += line.take()?.startsWith('h') ? 'h' : '-';
  }
  t.is(taken, `${'h'.repeat(16)}-${'h'.repeat(16)}-${'h'.repeat(6)}`);
});

test('what was passed over does not count for those who come to an empty line', t => {
  const line = lineOf({HIGH: '', MEDIUM: '', LOW: 'x'});
  for (let count = 0; count < 16; count++) line.add(`h${count}`, 'HIGH');
  for (let count = 0; count < 16; count++) line.take();
  line.delete('x');
  line.add('y', 'LOW');
  line.add('h', 'HIGH');
  t.is(takeAll(line), 'hy');
});

test('who leaves is not taken, and leaves once', t => {
  const line = lineOf({HIGH: 'ab', MEDIUM: 'm', LOW: ''});
  t.true(line.delete('a'));
  t.false(line.delete('a'));
  t.deepEqual([...line].sort(), ['b', 'm']);
  t.is(takeAll(line), 'bm');
});

test('pushed out is the last of the lowest priority, but never the first of any', t => {
  const line = lineOf({HIGH: 'abc', MEDIUM: 'mn', LOW: 'xyz'});
  t.deepEqual(
    Array.from({length: 6}, () => line.pushOut()),
    ['z', 'y', 'n', 'c', 'b', undefined],
  );
  t.is(takeAll(line), 'amx');
});

test('only what is below a priority is pushed out for it', t => {
  const line = lineOf({HIGH: 'ab', MEDIUM: 'mn', LOW: 'xy'});
  t.is(line.pushOut('LOW'), undefined);
  t.is(line.pushOut('MEDIUM'), 'y');
  t.is(line.pushOut('MEDIUM'), undefined);
  t.is(line.pushOut('HIGH'), 'n');
  t.is(line.pushOut('HIGH'), undefined);
});

import test from 'ava';
import {formatTable} from '../../../src/cli/table.js';

test('columns are as wide as their widest cell, numbers on the right', t => {
  const table = formatTable(
    [{title: 'DEVICE'}, {title: 'QUEUED', align: 'right'}, {title: 'NAME'}],
    [
      ['host-a/CPU', '7', 'x'],
      ['b/GPU.1', '12345678', ''],
    ],
  );
  t.deepEqual(table.split('\n'), [
    'DEVICE        QUEUED  NAME',
    'host-a/CPU         7  x',
    'b/GPU.1     12345678',
  ]);
});

test('wide and coloured cells keep the columns aligned', t => {
  const table = formatTable(
    [{title: 'A'}, {title: 'B'}],
    [
      ['画像', '1'],
      ['\x1b[32mok\x1b[39m', '2'],
    ],
  );
  t.deepEqual(table.split('\n'), ['A     B', '画像  1', '\x1b[32mok\x1b[39m    2']);
});

test('titles alone, and rows with too few or too many cells', t => {
  t.is(formatTable([{title: 'A'}, {title: 'B'}], []), 'A  B');
  t.is(formatTable([{title: 'A'}, {title: 'B'}], [['1'], ['1', '2', '3']]), 'A  B\n1\n1  2');
});

test('no control character of a name reaches the terminal', t => {
  const table = formatTable([{title: 'A'}], [['x\ny\x1b[2Jz\x07\u009b']]);
  t.is(table, 'A\nx\ufffdy\ufffd[2Jz\ufffd\ufffd');
});

test('a great many rows are formatted', t => {
  const rows = Array.from({length: 50_000}, (_, index) => [String(index)]);
  t.is(formatTable([{title: 'A'}], rows).split('\n').length, 50_001);
});

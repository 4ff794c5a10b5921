import test from 'ava';
import {ansiStyle} from '../../../src/cli/ansi.js';
import {describeTerminal} from '../../../src/cli/terminal.js';

const tty = {isTTY: true, columns: 120};

test('a terminal has colours and its own width', t => {
  t.deepEqual(describeTerminal(tty, {LANG: 'en_GB.UTF-8'}), {
    isTty: true,
    columns: 120,
    colour: true,
    unicode: true,
  });
});

test('a pipe has no colours and 80 columns', t => {
  t.deepEqual(describeTerminal({}, {}), {
    isTty: false,
    columns: 80,
    colour: false,
    unicode: false,
  });
});

test('NO_COLOR takes the colours away unless it is empty', t => {
  t.false(describeTerminal(tty, {NO_COLOR: '0'}).colour);
  t.true(describeTerminal(tty, {NO_COLOR: ''}).colour);
});

test('a dumb terminal has neither colours nor unicode', t => {
  t.like(describeTerminal(tty, {TERM: 'dumb', LANG: 'C.UTF-8'}), {colour: false, unicode: false});
});

test('the most specific locale decides about unicode', t => {
  t.false(describeTerminal(tty, {LC_ALL: 'C', LANG: 'C.UTF-8'}).unicode);
  t.true(describeTerminal(tty, {LC_ALL: '', LC_CTYPE: 'C.utf8', LANG: 'C'}).unicode);
  t.true(describeTerminal(tty, {WT_SESSION: '1'}).unicode);
});

test('styles mark text where there are colours only, and never nothing', t => {
  t.is(ansiStyle(true).red('no'), '\x1b[31mno\x1b[39m');
  t.is(ansiStyle(true).bold('no'), '\x1b[1mno\x1b[22m');
  t.is(ansiStyle(true).red(''), '');
  t.is(ansiStyle(false).red('no'), 'no');
});

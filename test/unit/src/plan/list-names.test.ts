import test from 'ava';
import {listNames, shortenNames} from '../../../../src/plan/list-names.js';

test('names are quoted, and those beyond the bound are counted', t => {
  t.is(listNames(['a', 'b']), "'a', 'b'");
  t.is(listNames(['a', 'b', 'c'], 2), "'a', 'b' and 1 more");
  t.is(listNames([]), '');
});

test('of many names the first ones and the last are shown', t => {
  t.is(shortenNames(['a', 'b', 'c', 'd'], 3), 'a, b, … 1 more …, d');
  t.is(shortenNames(['a', 'b', 'c'], 3), 'a, b, c');
});

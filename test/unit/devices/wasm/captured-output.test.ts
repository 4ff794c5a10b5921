import fs from 'node:fs';
import test from 'ava';
import {captureOutput} from '../../../../devices/wasm/captured-output.js';

test('what is printed meanwhile is captured, unless it is too much', t => {
  const {writeSync} = fs;
  const text = captureOutput(() => {
    fs.writeSync(1, 'one\n');
    fs.writeSync(1, 'two\n');
  }, 10);
  t.is(text, 'one\ntwo\n');
  t.is(
    captureOutput(() => fs.writeSync(1, 'too much\n'), 8),
    '',
  );
  t.is(fs.writeSync, writeSync);
});

test('printing works again after work that failed', t => {
  const {writeSync} = fs;
  const failing = () => {
    throw new RangeError('it failed');
  };
  t.throws(() => captureOutput(failing, 10), {message: 'it failed'});
  t.is(fs.writeSync, writeSync);
});

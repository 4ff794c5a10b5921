import fs from 'node:fs';
import test from 'ava';
import {captureOutput} from '../../../../devices/wasm/captured-output.js';

test('what is printed meanwhile is captured, and only that', t => {
  const {writeSync} = fs;
  const text = captureOutput(() => {
    fs.writeSync(1, 'one\n');
    fs.writeSync(1, 'two\n');
  });
  t.is(text, 'one\ntwo\n');
  t.is(fs.writeSync, writeSync);
});

test('printing works again after work that failed', t => {
  const {writeSync} = fs;
  const failing = () => {
    throw new RangeError('it failed');
  };
  t.throws(() => captureOutput(failing), {message: 'it failed'});
  t.is(fs.writeSync, writeSync);
});

import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import test from 'ava';

const script = fileURLToPath(new URL('../../../support/fail-quietly.js', import.meta.url));

test('ONNX Runtime prints nothing, and its workers keep no process alive', async t => {
  const {stdout, stderr} = await promisify(execFile)(process.execPath, [script]);
  t.is(stdout, '');
  t.is(stderr, '');
});

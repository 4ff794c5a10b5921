import test from 'ava';
import {parseInputArgument} from '../../../src/cli/input-argument.js';
import {InferenceError} from '../../../src/errors.js';

test('a file is named after the equals sign', t => {
  t.deepEqual(parseInputArgument('image=a/b.npy'), {
    kind: 'file',
    input: 'image',
    path: 'a/b.npy',
  });
});

test('the name ends at the first equals sign, and a file may be called random', t => {
  const input = 'input:0';
  t.deepEqual(parseInputArgument('input:0=a=b.NPY'), {kind: 'file', input, path: 'a=b.NPY'});
  t.deepEqual(parseInputArgument('input:0=random.npy'), {
    kind: 'file',
    input,
    path: 'random.npy',
  });
});

test('images are known by how their names end', t => {
  for (const path of ['a/b.png', 'cat.JPG', 'c.jpeg']) {
    t.deepEqual(parseInputArgument(`image=${path}`), {kind: 'image', input: 'image', path});
  }
});

test('random values have seed 0 unless another is given', t => {
  t.deepEqual(parseInputArgument('x=random'), {kind: 'random', input: 'x', seed: 0});
  t.deepEqual(parseInputArgument('x=random:42'), {kind: 'random', input: 'x', seed: 42});
  t.deepEqual(parseInputArgument('x=random:4294967295'), {
    kind: 'random',
    input: 'x',
    seed: 4294967295,
  });
});

for (const text of [
  '',
  'image',
  '=a.npy',
  'x=',
  'x=.npz',
  'x=.png',
  'x=a.gif',
  'a.npy',
  'x=Random',
]) {
  test(`"${text}" is refused with the forms that are understood`, t => {
    const error = t.throws(() => parseInputArgument(text), {instanceOf: InferenceError});
    t.is(error?.code, 'INVALID_ARGUMENT');
    t.true(error?.message.includes('NAME=FILE.npy'));
    t.true(error?.message.includes(`"${text}"`));
  });
}

for (const seed of ['', '-1', '1.5', '4294967296', '1e3', '0x10', ' 1']) {
  test(`the seed "${seed}" is refused`, t => {
    const error = t.throws(() => parseInputArgument(`x=random:${seed}`), {
      instanceOf: InferenceError,
    });
    t.is(error?.code, 'INVALID_ARGUMENT');
    t.regex(error?.message ?? '', /seed from 0 to 4294967295/);
  });
}

import test from 'ava';
import {drawImage} from '../../../src/cli/draw-image.js';
import {InvariantViolation} from '../../../src/errors.js';

test('each pixel is two characters of its shade', t => {
  const image = {width: 5, height: 1, pixels: [0, 4, 8, 12, 16], max: 16};
  t.deepEqual(drawImage(image, true), ['  ░░▒▒▓▓██']);
  t.deepEqual(drawImage(image, false), ['  ::==**@@']);
});

test('rows stay rows', t => {
  const image = {width: 1, height: 3, pixels: Uint8Array.of(1, 0, 1), max: 1};
  t.deepEqual(drawImage(image, true), ['██', '  ', '██']);
});

test('values outside the range are drawn as its ends', t => {
  const image = {width: 2, height: 1, pixels: [-5, 500], max: 16};
  t.deepEqual(drawImage(image, false), ['  @@']);
});

test('pixels that do not fill the image are a programmer’s error', t => {
  const image = {width: 2, height: 2, pixels: [1, 2, 3], max: 16};
  t.throws(() => drawImage(image, true), {instanceOf: InvariantViolation});
});

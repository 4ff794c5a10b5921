import test from 'ava';
import {exifOrientation} from '../../../../src/image/exif-orientation.js';
import {imageFile} from '../../../support/image-files.js';

/** The segment APP1 of a file that says orientation 6. */
function segment(): Uint8Array {
  const {file} = imageFile('of orientation 6');
  const at = file.findIndex((byte, index) => byte === 0xff && file[index + 1] === 0xe1);
  const length = ((file[at + 2] ?? 0) << 8) | (file[at + 3] ?? 0);
  return file.slice(at + 4, at + 2 + length);
}

test('the orientation is read in either byte order', t => {
  t.is(exifOrientation(segment()), 6);
  const little = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 3, 0, 0, 0];
  t.is(exifOrientation(new Uint8Array([...Buffer.from('Exif\0\0'), ...little])), 3);
});

test('what is cut short, damaged or something else says nothing', t => {
  const whole = segment();
  for (let length = 0; length < whole.length; length++) {
    t.true([undefined, 6].includes(exifOrientation(whole.subarray(0, length))), `${length}`);
  }
  for (let at = 0; at < whole.length; at++) {
    const odd = whole.with(at, 0xff);
    const orientation = exifOrientation(odd) ?? 1;
    t.true(orientation >= 1 && orientation <= 8, `${at}: ${orientation}`);
  }
  t.is(exifOrientation(Buffer.from('http://ns.adobe.com/xap/1.0/')), undefined);
});

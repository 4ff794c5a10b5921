import {deflateSync} from 'node:zlib';
import test from 'ava';
import {type ErrorCode, InferenceError} from '../../../../src/errors.js';
import {decodeImage} from '../../../../src/image/decode-image.js';
import {pixelsMax} from '../../../../src/image/image.js';
import {imageFile, imageFiles} from '../../../support/image-files.js';
import {pngChunk, pngFile} from '../../../support/png-file.js';

for (const {name, file, width, height, channels, pixels} of imageFiles.png) {
  test(`a PNG of ${name} is read to the last bit`, t => {
    t.deepEqual(decodeImage(file, 'x.png'), {
      ...{width, height, data: pixels},
      channels: channels as 1 | 3 | 4,
    });
  });
}

/** Chroma of half the size is interpolated by others, and repeated here. */
for (const {name, file, width, height, channels, pixels} of imageFiles.jpeg) {
  test(`a JPEG that is ${name} has the pixels that others see`, t => {
    const image = decodeImage(file, 'x.jpg');
    t.like(image, {width, height, channels} as object);
    const apart = image.data.map((value, at) => Math.abs(value - (pixels[at] ?? 0)));
    t.is(image.data.length, pixels.length);
    t.true(Math.max(...apart) <= (name.includes('half') ? 12 : 3), `${Math.max(...apart)}`);
  });
}

const good = imageFile('colours of 8 bits').file;
const jpeg = imageFile('baseline').file;

function header(width: number, height: number, ...rest: readonly number[]): Uint8Array {
  const bytes = new Uint8Array([...new Uint8Array(8), ...rest]);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  return pngChunk('IHDR', bytes);
}

const end = pngChunk('IEND', new Uint8Array());
const pixel = (bytes: readonly number[]) => pngChunk('IDAT', deflateSync(new Uint8Array(bytes)));
const grey = header(1, 1, 8, 0, 0, 0, 0);
/** SOF0, as the file has it: marker, length, 8 bits, height, width, components. */
const frameAt = jpeg.findIndex((byte, at) => byte === 0xff && jpeg[at + 1] === 0xc0);

function damaged(file: Uint8Array, at: number, ...bytes: readonly number[]): Uint8Array {
  const copy = new Uint8Array(file);
  copy.set(bytes, at);
  return copy;
}

const refusals: readonly (readonly [string, Uint8Array, ErrorCode, RegExp])[] = [
  ['no bytes', new Uint8Array(), 'FILE_UNREADABLE', /^bad: expected a PNG or JPEG file/],
  ['text', Buffer.from('GIF89a'), 'FILE_UNREADABLE', /expected a PNG or JPEG file/],
  ['a damaged signature', damaged(good, 5, 0), 'FILE_UNREADABLE', /signature is damaged/],
  ['a PNG without a header', pngFile(end), 'FILE_UNREADABLE', /expected IHDR as the first chunk/],
  ['a wrong checksum', damaged(good, 20, 9), 'FILE_UNREADABLE', /checksum of the PNG chunk IHDR/],
  [
    'a header of another length',
    pngFile(pngChunk('IHDR', new Uint8Array(12)), end),
    'FILE_UNREADABLE',
    /header of 12 bytes/,
  ],
  [
    'no pixels at all',
    pngFile(header(0, 1, 8, 0, 0, 0, 0), end),
    'FILE_UNREADABLE',
    /0 x 1 pixels/,
  ],
  [
    'more pixels than are decoded',
    pngFile(header(2 ** 16, 2 ** 16, 1, 0, 0, 0, 0), end),
    'PAYLOAD_TOO_LARGE',
    new RegExp(`at most ${pixelsMax} pixels, given 65536 x 65536`),
  ],
  [
    'a colour type with other bits',
    pngFile(header(1, 1, 4, 2, 0, 0, 0), end),
    'FILE_UNREADABLE',
    /colour type 2 with 4 bits is none of PNG/,
  ],
  [
    'another compression',
    pngFile(header(1, 1, 8, 0, 1, 0, 0), end),
    'FILE_UNREADABLE',
    /compression, filter and interlace 1, 0 and 0/,
  ],
  [
    'a chunk that cannot be ignored',
    pngFile(grey, pngChunk('ABCD', new Uint8Array()), end),
    'FILE_UNREADABLE',
    /the chunk "ABCD"/,
  ],
  ['no data', pngFile(grey, end), 'FILE_UNREADABLE', /cannot be inflated/],
  [
    'data that is not compressed',
    pngFile(grey, pngChunk('IDAT', new Uint8Array(9)), end),
    'FILE_UNREADABLE',
    /cannot be inflated/,
  ],
  [
    'too little data',
    pngFile(grey, pixel([0]), end),
    'FILE_UNREADABLE',
    /expected 2 bytes of pixels/,
  ],
  [
    'data that grows beyond the image',
    pngFile(grey, pixel(new Array<number>(1e6).fill(0)), end),
    'FILE_UNREADABLE',
    /cannot be inflated: .*larger than 2 bytes/,
  ],
  ['an unknown filter', pngFile(grey, pixel([5, 0]), end), 'FILE_UNREADABLE', /row 0 has filter 5/],
  [
    'a palette image without a palette',
    pngFile(header(1, 1, 8, 3, 0, 0, 0), pixel([0, 0]), end),
    'FILE_UNREADABLE',
    /expected a palette/,
  ],
  [
    'a colour that the palette does not have',
    pngFile(header(1, 1, 8, 3, 0, 0, 0), pngChunk('PLTE', new Uint8Array(3)), pixel([0, 1]), end),
    'FILE_UNREADABLE',
    /colour 1 of a palette of 1/,
  ],
  [
    'a transparent colour of another kind',
    pngFile(grey, pngChunk('tRNS', new Uint8Array(6)), pixel([0, 1]), end),
    'FILE_UNREADABLE',
    /transparent colour/,
  ],
  ['a JPEG in CMYK', imageFiles.cmyk, 'NOT_IMPLEMENTED', /CMYK .* not decoded/],
  [
    'a lossless JPEG',
    damaged(jpeg, frameAt + 1, 0xc3),
    'NOT_IMPLEMENTED',
    /kind 3 \(lossless, hierarchical, arithmetic\) are not decoded/,
  ],
  ['a JPEG of 12 bits', damaged(jpeg, frameAt + 4, 12), 'NOT_IMPLEMENTED', /12 bits/],
  ['a JPEG of two components', damaged(jpeg, frameAt + 9, 2), 'NOT_IMPLEMENTED', /2 components/],
  [
    'a JPEG of more pixels than are decoded',
    damaged(jpeg, frameAt + 5, 0xff, 0xff, 0xff, 0xff),
    'PAYLOAD_TOO_LARGE',
    /given 65535 x 65535/,
  ],
  ['a JPEG of no rows', damaged(jpeg, frameAt + 5, 0, 0), 'FILE_UNREADABLE', /20 x 0 pixels/],
  [
    'a JPEG without a frame',
    jpeg.subarray(0, frameAt),
    'FILE_UNREADABLE',
    /ends before its picture/,
  ],
  [
    'a JPEG without a marker',
    damaged(jpeg, 2, 0),
    'FILE_UNREADABLE',
    /marker at byte 2|PNG or JPEG/,
  ],
  [
    'a JPEG of scans without end',
    Buffer.concat([jpeg, ...Array.from({length: 200}, () => new Uint8Array([0xff, 0xda, 0, 2]))]),
    'PAYLOAD_TOO_LARGE',
    /at most 128 scans, given 201/,
  ],
];

for (const [what, file, code, message] of refusals) {
  test(`refuses ${what}`, t => {
    const error = t.throws(() => decodeImage(file, 'bad'), {instanceOf: InferenceError, message});
    t.is(error.code, code);
  });
}

for (const name of ['colours of 8 bits, interlaced', 'baseline', 'progressive']) {
  test(`a file of ${name} that is cut short anywhere is refused`, t => {
    const {file} = imageFile(name);
    for (let length = 0; length < file.length; length++) {
      const error = t.throws(
        () => decodeImage(file.subarray(0, length), 'bad'),
        undefined,
        `${length}`,
      );
      t.true(error instanceof InferenceError, `${length}: ${error?.stack}`);
    }
  });

  test(`a file of ${name} with any byte changed is read or refused, never more`, t => {
    const {file} = imageFile(name);
    for (let at = 0; at < file.length; at++) {
      for (const byte of [0, 0xff, (file[at] ?? 0) ^ 1]) {
        try {
          decodeImage(damaged(file, at, byte), 'bad');
        } catch (error) {
          t.true(error instanceof InferenceError, `${at}: ${error}`);
        }
      }
    }
    t.pass();
  });
}

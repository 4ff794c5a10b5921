import test from 'ava';
import fc from 'fast-check';
import {Packr} from 'msgpackr';
import type {NamedTensors, TensorData} from '../../../../schemas/tensor.js';
import {InferenceError} from '../../../../src/errors.js';
import {decodeFrame, encodeFrame, headerBytesMax} from '../../../../src/wire/frame-codec.js';
import {plainFrame, sampleTensors} from '../../../support/sample-tensors.js';

const message = {kind: 'infer', id: 'a1', route: [1, 2.5, null, true], big: 2n ** 60n, none: {}};
const whole = encodeFrame({message, tensors: sampleTensors, owned: false});

/** A frame with a header of the test's making and `rest` after it. */
function forged(header: unknown, rest = new Uint8Array(0)): Uint8Array {
  return framed(new Packr({useRecords: false}).pack(header), rest);
}

function framed(header: Uint8Array, rest = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(4 + header.length + rest.length);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  bytes.set(rest, 4 + header.length);
  return bytes;
}

function bufferOf(tensors: NamedTensors, name: string): ArrayBufferLike | undefined {
  const data = tensors.get(name)?.data;
  return ArrayBuffer.isView(data) ? data.buffer : undefined;
}

function codeOf(bytes: Uint8Array): string {
  try {
    decodeFrame(bytes);
    return 'decoded';
  } catch (error) {
    return error instanceof InferenceError ? error.code : String(error);
  }
}

test('a message and tensors of every element type come back as they were', t => {
  const frame = decodeFrame(whole);
  t.deepEqual(frame.message, message);
  t.deepEqual([...frame.tensors], [...sampleTensors]);
  t.true(frame.owned);
});

test('every tensor starts at a multiple of 64 bytes', t => {
  for (const tensor of decodeFrame(whole).tensors.values()) {
    if (ArrayBuffer.isView(tensor.data)) t.is(tensor.data.byteOffset % 64, 0);
  }
});

test('tensors of an aligned frame are views of it', t => {
  const {tensors} = decodeFrame(whole);
  t.is(bufferOf(tensors, 'f32'), whole.buffer);
});

test('an unaligned frame and a shared one are copied once for all tensors', t => {
  const shifted = new Uint8Array(whole.length + 3).subarray(3);
  shifted.set(whole);
  for (const frame of [decodeFrame(shifted), decodeFrame(whole, {shared: true})]) {
    const buffer = bufferOf(frame.tensors, 'f32');
    t.true(buffer !== shifted.buffer && buffer !== whole.buffer);
    t.is(bufferOf(frame.tensors, 'i64'), buffer);
    t.deepEqual([...frame.tensors], [...sampleTensors]);
  }
});

test('a lone surrogate becomes the replacement character', t => {
  const tensors = new Map([['s', {type: 'string' as const, shape: [1], data: ['a\ud800b']}]]);
  const frame = decodeFrame(encodeFrame({message: null, tensors, owned: false}));
  t.deepEqual(frame.tensors.get('s')?.data, ['a\ufffdb']);
});

test('a property that is undefined is left out', t => {
  t.deepEqual(decodeFrame(encodeFrame(plainFrame({a: undefined, b: 1}))).message, {b: 1});
});

test('a property named __proto__ reaches no prototype', t => {
  const header = new Packr({useRecords: false}).pack({v: 1, m: {aaaaaaaaa: {polluted: 1}}, t: []});
  const at = header.indexOf('aaaaaaaaa');
  header.write('__proto__', at);
  const {message: decoded} = decodeFrame(framed(header));
  t.is(Object.getPrototypeOf(decoded), Object.prototype);
  t.is((decoded as {polluted?: number}).polluted, undefined);
});

const unsendable: readonly (readonly [string, unknown])[] = [
  ['a date', new Date(0)],
  ['a function', {call: () => 1}],
  ['an integer over 64 bits', 2n ** 64n],
  ['undefined in a list', [undefined]],
];
for (const [title, value] of unsendable) {
  test(`a message holding ${title} is refused when encoded`, t => {
    const error = t.throws(() => encodeFrame(plainFrame(value)));
    t.like(error, {name: 'InferenceError', code: 'INVALID_FRAME'});
  });
}

test('a message that contains itself is refused when encoded', t => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  t.like(
    t.throws(() => encodeFrame(plainFrame(cycle))),
    {code: 'INVALID_FRAME'},
  );
});

test('a tensor whose data is not what its shape says is refused when encoded', t => {
  const wrong = {type: 'f32' as const, shape: [3], data: Float32Array.of(1, 2)};
  const missing = {type: 'string' as const, shape: [2], data: ['one']};
  for (const tensor of [wrong, missing]) {
    const frame = {message: null, tensors: new Map([['x', tensor]]), owned: false};
    t.like(
      t.throws(() => encodeFrame(frame)),
      {code: 'INVALID_FRAME'},
    );
  }
});

test('a tensor is read once, so that nothing but its elements is sent', t => {
  const type = 'f32' as const;
  const answers = [Float32Array.of(1, 2), Float32Array.of(1)];
  const shrinking = {
    type,
    shape: [2],
    get data() {
      return answers.shift() ?? new Float32Array(0);
    },
  };
  const texts = [['a', 'b'], ['a']];
  const strings = {
    type: 'string' as const,
    shape: [2],
    get data() {
      return texts.shift() ?? [];
    },
  };
  const tensors = new Map<string, TensorData>([
    ['x', shrinking],
    ['s', strings],
  ]);
  const sent = decodeFrame(encodeFrame({message: null, tensors, owned: false})).tensors;
  t.deepEqual(sent.get('x')?.data, Float32Array.of(1, 2));
  t.deepEqual(sent.get('s')?.data, ['a', 'b']);
});

const row = (...fields: readonly unknown[]) => ({v: 1, m: null, t: [fields]});
const refused: Readonly<Record<string, Uint8Array>> = {
  'no bytes': new Uint8Array(0),
  'an empty header': framed(new Uint8Array(0), new Uint8Array(8)),
  'a header longer than the frame': new Uint8Array([255, 255, 255, 127, 1]),
  'a header over its bound': framed(new Uint8Array(headerBytesMax + 1).fill(0xc0)),
  'another version': forged({v: 2, m: null, t: []}),
  'a version that cannot be shown': forged({v: {toString: 1, valueOf: 1}, m: null, t: []}),
  'no table of tensors': forged({v: 1, m: null}),
  'a header that is no object': forged(7),
  'an unknown element type': forged(row('x', 'f8', [1], 1), new Uint8Array(64)),
  'a type that is an inherited name': forged(row('x', 'toString', [0], 0)),
  'a negative dimension': forged(row('x', 'u8', [-1], 1)),
  'a fractional dimension': forged(row('x', 'u8', [1.5], 1)),
  'more elements than bytes': forged(row('x', 'f32', [4], 4)),
  'a product of dimensions that overflows': forged(row('x', 'u8', [2 ** 52, 2 ** 52, 2 ** 12], 0)),
  'a product of dimensions that wraps to the bytes': forged(row('x', 'u8', [2 ** 32, 2 ** 32], 0)),
  'too many dimensions': forged(row('x', 'u8', new Array(33).fill(1), 1)),
  'too many tensors': forged({v: 1, m: null, t: new Array(5000).fill(['x', 'u8', [0], 0])}),
  'a name twice': forged({v: 1, m: null, t: new Array(2).fill(['x', 'u8', [0], 0])}),
  'a count of strings that cannot be': forged(row('x', 'string', [2 ** 40], 8)),
};
for (const [title, bytes] of Object.entries(refused)) {
  test(`a frame with ${title} is refused`, t => {
    t.is(codeOf(bytes), 'INVALID_FRAME');
  });
}

test('what is wrong with a frame is said in few words, however much was given', t => {
  const long = 'x'.repeat(1_000_000);
  for (const bytes of [forged({v: [long], m: null, t: []}), forged(row(long, 'u8', [-1], 1))]) {
    const {message} = t.throws(() => decodeFrame(bytes)) ?? {message: long};
    t.true(message.length < 1000, `${message.length} characters`);
  }
});

test('trailing bytes are refused', t => {
  t.is(codeOf(Buffer.concat([whole, Uint8Array.of(0)])), 'INVALID_FRAME');
  t.is(codeOf(Buffer.concat([encodeFrame(plainFrame(1)), Uint8Array.of(0)])), 'INVALID_FRAME');
});

test('a frame cut short anywhere is refused', t => {
  for (let length = 0; length < whole.length; length++) {
    t.is(codeOf(whole.slice(0, length)), 'INVALID_FRAME', `at ${length}`);
  }
});

test('a frame with any bytes changed decodes or is refused, and nothing else', t => {
  const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, {minLength: 1, maxLength: 8}), changes => {
      const bytes = whole.slice();
      for (const [at, value] of changes) bytes[at] = value;
      return ['decoded', 'INVALID_FRAME'].includes(codeOf(bytes));
    }),
    {seed: 1, numRuns: 5000},
  );
  t.pass();
});

test('a header with any bytes changed decodes or is refused, and nothing else', t => {
  const headerLength = new DataView(whole.buffer).getUint32(0, true);
  const change = fc.tuple(fc.nat(headerLength + 3), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, {minLength: 1, maxLength: 4}), changes => {
      const bytes = whole.slice();
      for (const [at, value] of changes) bytes[at] = value;
      return ['decoded', 'INVALID_FRAME'].includes(codeOf(bytes));
    }),
    {seed: 2, numRuns: 5000},
  );
  t.pass();
});

test('random bytes are refused', t => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 200}), bytes => codeOf(bytes) === 'INVALID_FRAME'),
    {seed: 3, numRuns: 3000},
  );
  t.pass();
});

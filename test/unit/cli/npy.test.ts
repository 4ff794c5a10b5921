import test from 'ava';
import fc from 'fast-check';
import type {TensorData} from '../../../schemas/tensor.js';
import {readNpy, writeNpy} from '../../../src/cli/npy.js';
import {InferenceError} from '../../../src/errors.js';

/** A file as NumPy 2.4 writes it: the header's length makes the elements begin at byte 128. */
function numpyFile(dictionary: string, elements: readonly number[], version = 1): Uint8Array {
  const prefix = version === 1 ? 10 : 12;
  const text = `${dictionary.padEnd(127 - prefix)}\n`;
  const length = version === 1 ? [text.length, 0] : [text.length, 0, 0, 0];
  const magic = [0x93, ...Buffer.from('NUMPY'), version, 0];
  return Uint8Array.from([...magic, ...length, ...Buffer.from(text, 'latin1'), ...elements]);
}

const header = (descr: string, shape: string, fortranOrder = false) =>
  `{'descr': '${descr}', 'fortran_order': ${fortranOrder ? 'True' : 'False'}, 'shape': ${shape}, }`;

const tensors: readonly TensorData[] = [
  {type: 'bool', shape: [3], data: Uint8Array.of(0, 1, 1)},
  {type: 'f16', shape: [1, 2], data: Uint16Array.of(0x3e00, 0xc000)},
  {type: 'f32', shape: [2, 2], data: Float32Array.of(1.5, -0, Number.NaN, 3e38)},
  {type: 'f64', shape: [], data: Float64Array.of(Math.PI)},
  {type: 'i8', shape: [2], data: Int8Array.of(-128, 127)},
  {type: 'i16', shape: [2, 1], data: Int16Array.of(-32768, 1)},
  {type: 'i32', shape: [1, 1, 1], data: Int32Array.of(-5)},
  {type: 'i64', shape: [2], data: BigInt64Array.of(-(2n ** 63n), 7n)},
  {type: 'u8', shape: [0, 4], data: new Uint8Array()},
  {type: 'u16', shape: [1], data: Uint16Array.of(65535)},
  {type: 'u32', shape: [1], data: Uint32Array.of(4294967295)},
  {type: 'u64', shape: [1], data: BigUint64Array.of(2n ** 64n - 1n)},
  {type: 'string', shape: [2, 2], data: ['a', '', 'naïve', '😀!']},
  {type: 'string', shape: [0], data: []},
];

for (const tensor of tensors) {
  test(`${tensor.type} [${tensor.shape}] comes back as it was written`, t => {
    t.deepEqual(readNpy(writeNpy(tensor)), tensor);
  });
}

test('a written file is byte for byte what NumPy writes', t => {
  const tensor: TensorData = {type: 'u8', shape: [2, 3], data: Uint8Array.of(0, 1, 2, 3, 4, 5)};
  t.deepEqual(writeNpy(tensor), numpyFile(header('|u1', '(2, 3)'), [0, 1, 2, 3, 4, 5]));
  const vector: TensorData = {type: 'f32', shape: [1], data: Float32Array.of(1)};
  t.deepEqual(writeNpy(vector), numpyFile(header('<f4', '(1,)'), [0, 0, 0x80, 0x3f]));
  const scalar: TensorData = {type: 'f16', shape: [], data: Uint16Array.of(0x3e00)};
  t.deepEqual(writeNpy(scalar), numpyFile(header('<f2', '()'), [0x00, 0x3e]));
});

for (const version of [1, 2, 3]) {
  test(`a file of version ${version} in Fortran order is read row-major`, t => {
    const file = numpyFile(header('|u1', '(2, 3)', true), [0, 3, 1, 4, 2, 5], version);
    t.deepEqual(readNpy(file), {type: 'u8', shape: [2, 3], data: Uint8Array.of(0, 1, 2, 3, 4, 5)});
  });
}

test('strings in Fortran order are read row-major', t => {
  const characters = [...'acbd'].flatMap(letter => [letter.charCodeAt(0), 0, 0, 0]);
  const {data} = readNpy(numpyFile(header('<U1', '(2, 2)', true), characters));
  t.deepEqual(data, ['a', 'b', 'c', 'd']);
});

test('big-endian elements of every size are read', t => {
  const read = (descr: string, elements: readonly number[]) =>
    readNpy(numpyFile(header(descr, '(1,)'), elements)).data;
  t.deepEqual(read('>i2', [1, 2]), Int16Array.of(0x0102));
  t.deepEqual(read('>u4', [1, 2, 3, 4]), Uint32Array.of(0x01020304));
  t.deepEqual(read('>f8', [0x3f, 0xf8, 0, 0, 0, 0, 0, 0]), Float64Array.of(1.5));
  t.deepEqual(read('>U2', [0, 1, 0xf6, 0, 0, 0, 0, 0x62]), ['😀b']);
});

test('a dictionary in another order, with double quotes and long integers, is understood', t => {
  const file = numpyFile(`{"shape": (2L,), "fortran_order": False, "descr": "|i1"}`, [1, 255]);
  t.deepEqual(readNpy(file), {type: 'i8', shape: [2], data: Int8Array.of(1, -1)});
});

test('a boolean that is neither 0 nor 1 counts as true', t => {
  t.deepEqual(readNpy(numpyFile(header('|b1', '(2,)'), [2, 0])).data, Uint8Array.of(1, 0));
});

test('the tensor does not share memory with the file', t => {
  const pooled = Buffer.from(numpyFile(header('|u1', '(1,)'), [7]));
  const tensor = readNpy(pooled);
  pooled.fill(0);
  t.deepEqual(tensor.data, Uint8Array.of(7));
});

const refused: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
  'an empty file': [new Uint8Array(), /NUMPY/],
  'another kind of file': [Buffer.from('PK\x03\x04 a zip archive'), /NUMPY/],
  'an unknown version': [numpyFile(header('|u1', '(1,)'), [1], 9), /version 1, 2 or 3, found 9/],
  'a file that ends in its length': [Buffer.from('\x93NUMPY\x01\0\x76', 'latin1'), /byte 9/],
  'a file that ends in its header': [
    numpyFile(header('|u1', '(1,)'), [1]).subarray(0, 60),
    /ends at byte 128, the file at 60/,
  ],
  'a header of gigabytes': [
    Buffer.from('\x93NUMPY\x02\0\xff\xff\xff\xff', 'latin1'),
    /at most 65535 bytes, found 4294967295/,
  ],
  'a header that is no dictionary': [numpyFile('nonsense', []), /found nonsense/],
  records: [
    numpyFile("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (0,), }", []),
    /expected a header with a plain type/,
  ],
  'complex numbers': [numpyFile(header('<c8', '(1,)'), Array(8).fill(0)), /"<c8"/],
  'byte strings': [numpyFile(header('|S3', '(1,)'), [1, 2, 3]), /"\|S3"/],
  'python objects': [numpyFile(header('|O', '(1,)'), []), /"\|O"/],
  'strings of no width': [numpyFile(header('<U0', '(999999999999,)'), []), /"<U0"/],
  'fewer elements than its shape': [
    numpyFile(header('<f4', '(2, 2)'), [0, 0, 0, 0]),
    /\[2,2\] of "<f4" needs 16 bytes of elements, found 4/,
  ],
  'more elements than its shape': [numpyFile(header('|u1', '(1,)'), [1, 2]), /needs 1 .* found 2/],
  'a shape beyond all memory': [
    numpyFile(header('<f8', '(9007199254740991, 9007199254740991)'), []),
    /needs 6.49\d+e\+32 bytes/,
  ],
  'a dimension that is no safe integer': [
    numpyFile(header('|u1', '(99999999999999999999,)'), []),
    /too large/,
  ],
  'a character beyond Unicode': [numpyFile(header('<U1', '(1,)'), [0, 0, 0x11, 0]), /1114112/],
};

for (const [what, [bytes, message]] of Object.entries(refused)) {
  test(`refused with the file's name: ${what}`, t => {
    const error = t.throws(() => readNpy(bytes, 'image.npy'), {instanceOf: InferenceError});
    t.is(error?.code, 'FILE_UNREADABLE');
    t.regex(error?.message ?? '', /^image\.npy: /);
    t.regex(error?.message ?? '', message);
  });
}

test('any damage to a file is a typed error or another tensor', t => {
  const file = numpyFile(header('<i4', '(2, 2)'), Array(16).fill(1));
  const damage = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), {minLength: 1});
  fc.assert(
    fc.property(damage, fc.nat(file.length), (changes, length) => {
      const damaged = file.slice();
      for (const [at, value] of changes) damaged[at] = value;
      try {
        readNpy(damaged.subarray(0, Math.max(length, 100)));
      } catch (error) {
        if (!(error instanceof InferenceError)) throw error;
      }
    }),
    {seed: 1, numRuns: 500},
  );
  t.pass();
});

test('strings that padding would blow up are refused', t => {
  const data = ['x'.repeat(2 ** 20), ...Array<string>(2 ** 10).fill('')];
  const error = t.throws(() => writeNpy({type: 'string', shape: [data.length], data}), {
    instanceOf: InferenceError,
  });
  t.is(error?.code, 'PAYLOAD_TOO_LARGE');
});

import test from 'ava';
import type {TensorData} from '../../../../schemas/tensor.js';
import {buffersOf, copyTensors, unsharedTensors} from '../../../../src/plugin/tensor-buffers.js';
import {sampleTensors} from '../../../support/sample-tensors.js';

const view = (buffer: ArrayBufferLike, offset: number): TensorData => ({
  type: 'u8',
  shape: [2],
  data: new Uint8Array(buffer, offset, 2),
});

test('a buffer under several tensors is given once, strings have none', t => {
  const buffer = new ArrayBuffer(8);
  const tensors = new Map<string, TensorData>([
    ['a', view(buffer, 0)],
    ['b', view(buffer, 4)],
    ['words', {type: 'string', shape: [1], data: ['word']}],
    ['shared', view(new SharedArrayBuffer(2), 0)],
  ]);
  t.deepEqual(buffersOf(tensors), [buffer]);
});

test('copies are equal, and hold no more than the tensor', t => {
  const buffer = Uint8Array.of(1, 2, 3, 4).buffer;
  const copy = copyTensors(new Map([['a', view(buffer, 1)]])).get('a');
  t.deepEqual(copy, {type: 'u8', shape: [2], data: Uint8Array.of(2, 3)});
  t.is(copy && buffersOf(new Map([['a', copy]]))[0]?.byteLength, 2);
  t.deepEqual(copyTensors(sampleTensors), sampleTensors);
});

test('elements in a Buffer, as files are read into, are copied too', t => {
  const data = Buffer.from([1, 2]);
  const copy = copyTensors(new Map([['a', {type: 'u8', shape: [2], data}]])).get('a');
  data[0] = 9;
  t.deepEqual(copy, {type: 'u8', shape: [2], data: Uint8Array.of(1, 2)});
});

test('only tensors in shared memory are copied', t => {
  const own = view(new ArrayBuffer(2), 0);
  const plain = new Map([['own', own]]);
  t.is(unsharedTensors(plain), plain);
  const mixed = unsharedTensors(
    new Map([
      ['own', own],
      ['shared', view(new SharedArrayBuffer(2), 0)],
    ]),
  );
  t.is(mixed.get('own'), own);
  t.is(buffersOf(mixed).length, 2);
});

import {readFile} from 'node:fs/promises';
import test from 'ava';
import {InferenceSession, Tensor} from 'onnxruntime-node';
import type {TensorData} from '../../../schemas/tensor.js';
import {readNpy} from '../../../src/cli/npy.js';

const folder = new URL('../../../../examples/digits/', import.meta.url);
const imagesCount = 450;
const pixelsPerImage = 64;

async function readFixture(file: string): Promise<TensorData> {
  return readNpy(await readFile(new URL(file, folder)), file);
}

test('the images are 450 grey images of 0 to 16, and each has a label', async t => {
  const images = await readFixture('images.npy');
  t.like(images, {type: 'u8', shape: [imagesCount, 8, 8, 1]});
  t.is(Math.max(...(images.data as Uint8Array)), 16);
  const labels = await readFixture('labels.npy');
  t.like(labels, {type: 'u8', shape: [imagesCount]});
  t.deepEqual([...new Set(labels.data as Uint8Array)].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('at least 440 of the 450 held-out images are read correctly', async t => {
  const images = await readFixture('images.npy');
  const labels = await readFixture('labels.npy');
  const session = await InferenceSession.create(await readFile(new URL('digits.onnx', folder)));
  // One channel: NHWC and NCHW hold the same values in the same order.
  const scaled = Float32Array.from(images.data as Uint8Array, grey => grey / 16);
  t.is(scaled.length, imagesCount * pixelsPerImage);
  const image = new Tensor('float32', scaled, [imagesCount, 1, 8, 8]);
  const {logits} = await session.run({image});
  t.deepEqual(logits?.dims, [imagesCount, 10]);
  const right = Array.from(labels.data as Uint8Array).filter(
    (label, index) => mostLikely(logits?.data as Float32Array, index) === label,
  );
  t.true(right.length >= 440, `${right.length} are right`);
});

function mostLikely(logits: Float32Array, index: number): number {
  const ofImage = logits.subarray(index * 10, (index + 1) * 10);
  return ofImage.indexOf(Math.max(...ofImage));
}

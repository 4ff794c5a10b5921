import {readFile} from 'node:fs/promises';
import type {TensorData} from '../../schemas/tensor.js';
import {readNpy} from '../../src/cli/npy.js';
import {transform} from '../../src/index.js';
import {digitsPath} from './digits.js';
import {type Optimization, runModel} from './run-model.js';

/** The example network, its 450 images as they are fed to it, and what they show. */
export async function readDigits() {
  const folder = new URL('.', `file://${digitsPath}`);
  const read = async (name: string) => readNpy(await readFile(new URL(name, folder)), name);
  const [images, labels] = [await read('images.npy'), await read('labels.npy')];
  const data = Float32Array.from(images.data as Uint8Array, grey => grey / 16);
  const image: TensorData = {type: 'f32', shape: [labels.data.length, 1, 8, 8], data};
  return {bytes: await readFile(digitsPath), image, labels: labels.data as Uint8Array};
}

/** A runner of a model, straight in ONNX Runtime. */
export function runnerOf(model: Uint8Array, level: Optimization = 'all'): transform.Runner {
  return async inputs => {
    const outputs = await runModel(model, new Map(Object.entries(inputs)), level);
    return Object.fromEntries(outputs);
  };
}

/** The example network in the QDQ form, by the ranges of its first 100 images. */
export async function quantizeDigits(perChannel = true): Promise<transform.QuantizedNetwork> {
  const {bytes, image} = await readDigits();
  const few = {...image, shape: [100, 1, 8, 8], data: image.data.slice(0, 6400)} as TensorData;
  const ranges = await transform.calibrate({
    network: bytes,
    samples: [{image: few}],
    open: async model => runnerOf(model),
  });
  return transform.quantize(bytes, {mode: 'static', perChannel, ranges});
}

import {readFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {InferenceError} from '../../errors.js';
import {Tensor} from '../../tensor.js';
import {readNpy} from '../npy.js';

/** The demonstration's network and the held-out images that it is shown. */
export interface Digits {
  readonly networkPath: string;
  /** One for each request: u8 [1, 8, 8, 1], values 0 to 16. */
  readonly images: readonly Tensor<'u8'>[];
  readonly labels: readonly number[];
}

export const pixelMax = 16;
export const imageSide = 8;

const folder = new URL('../../../../examples/digits/', import.meta.url);

export async function readDigits(): Promise<Digits> {
  const [images, labels] = await Promise.all([readBytes('images.npy'), readBytes('labels.npy')]);
  const pixels = imageSide * imageSide;
  return {
    networkPath: pathOf('digits.onnx'),
    images: Array.from({length: images.length / pixels}, (_, at) => {
      const image = images.slice(at * pixels, (at + 1) * pixels);
      return new Tensor('u8', [1, imageSide, imageSide, 1], image);
    }),
    labels: Array.from(labels),
  };
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, folder));
}

async function readBytes(name: string): Promise<Uint8Array> {
  const {data} = readNpy(await readFile(pathOf(name)), name);
  if (data instanceof Uint8Array) return data;
  throw new InferenceError('FILE_UNREADABLE', `${name}: expected uint8 elements`);
}

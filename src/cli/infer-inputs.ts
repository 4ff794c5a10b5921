import {readFile} from 'node:fs/promises';
import type {TensorData, TensorInfo} from '../../schemas/tensor.js';
import type {ExecutableNetwork} from '../client/executable-network.js';
import {readImage} from '../client/read-image.js';
import {InferenceError} from '../errors.js';
import {nearestName} from '../nearest-name.js';
import type {Tensor} from '../tensor.js';
import type {Images} from './image-inputs.js';
import {parseInputArgument} from './input-argument.js';
import {readNpy} from './npy.js';
import {randomTensor} from './random-tensor.js';

/** Inputs as arguments give them. */
export interface GivenInputs {
  /** Tensors of files, or the seeds of those to be drawn. */
  readonly values: ReadonlyMap<string, TensorData | number>;
  /** In the order of the arguments: several for one input are a batch. */
  readonly images: Images;
}

const seedDefault = 0;

/**
 * Reads what arguments name. Rejects with INVALID_ARGUMENT, FILE_UNREADABLE, and as `readImage`;
 * UNKNOWN_INPUT for an image of an input that is not among `inputs`.
 */
export async function readGivenInputs(
  texts: readonly string[],
  inputs: readonly TensorInfo[],
): Promise<GivenInputs> {
  const values = new Map<string, TensorData | number>();
  const images = new Map<string, readonly Tensor<'u8'>[]>();
  for (const argument of texts.map(parseInputArgument)) {
    const {kind, input} = argument;
    if (kind === 'image') {
      const known = new Map(inputs.map(info => [info.name, info]));
      if (!known.has(input)) throw unknownInput(input, known);
      images.set(input, [...(images.get(input) ?? []), await readImage(argument.path)]);
    } else {
      values.set(input, kind === 'random' ? argument.seed : await readArray(argument.path));
    }
  }
  const twice = [...images.keys()].find(name => values.has(name));
  if (twice === undefined) return {values, images};
  const text = `expected images or another value for ${twice}, given both`;
  throw new InferenceError('INVALID_ARGUMENT', text);
}

/** A value for every given input; random ones for the others. Throws UNKNOWN_INPUT. */
export function completeInputs<Batch extends readonly TensorData[] = never>(
  {inputs, overridable}: Pick<ExecutableNetwork, 'inputs' | 'overridable'>,
  given: ReadonlyMap<string, TensorData | Batch | number>,
): Readonly<Record<string, TensorData | Batch>> {
  const infos = new Map([...inputs, ...overridable].map(info => [info.name, info]));
  const seeds = inputs.map(({name}) => [name, seedDefault] as const);
  const values = new Map<string, TensorData | Batch | number>(seeds);
  for (const [name, value] of given) values.set(name, value);
  const tensors = [...values].map(([name, value]) => {
    const info = infos.get(name);
    if (info === undefined) throw unknownInput(name, infos);
    return [name, typeof value === 'number' ? randomTensor(info, value) : value] as const;
  });
  return Object.fromEntries(tensors);
}

async function readArray(path: string): Promise<TensorData> {
  try {
    return readNpy(await readFile(path), path);
  } catch (error) {
    throw InferenceError.from(error, 'FILE_UNREADABLE');
  }
}

function unknownInput(name: string, infos: ReadonlyMap<string, TensorInfo>): InferenceError {
  const known = [...infos.keys()];
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
  const text = `expected an input out of ${known.join(', ')}, given '${name}'${hint}`;
  return new InferenceError('UNKNOWN_INPUT', text);
}

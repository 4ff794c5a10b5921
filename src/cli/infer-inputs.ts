import {readFile} from 'node:fs/promises';
import type {TensorData, TensorInfo} from '../../schemas/tensor.js';
import type {ExecutableNetwork} from '../client/executable-network.js';
import {InferenceError} from '../errors.js';
import {nearestName} from '../nearest-name.js';
import {type InputArgument, parseInputArgument} from './input-argument.js';
import {readNpy} from './npy.js';
import {randomTensor} from './random-tensor.js';

/** An input as its argument gives it: a file's tensor, or the seed of one to be drawn. */
export interface GivenInput {
  readonly name: string;
  readonly value: TensorData | number;
}

const seedDefault = 0;

/** Reads what arguments name. Rejects with INVALID_ARGUMENT or FILE_UNREADABLE. */
export function readGivenInputs(texts: readonly string[]): Promise<readonly GivenInput[]> {
  return Promise.all(texts.map(parseInputArgument).map(readGivenInput));
}

/** A tensor for every given input; random ones for the others. Throws UNKNOWN_INPUT. */
export function completeInputs(
  {inputs, overridable}: Pick<ExecutableNetwork, 'inputs' | 'overridable'>,
  given: readonly GivenInput[],
): Readonly<Record<string, TensorData>> {
  const infos = new Map([...inputs, ...overridable].map(info => [info.name, info]));
  const values = new Map<string, TensorData | number>(inputs.map(({name}) => [name, seedDefault]));
  for (const {name, value} of given) values.set(name, value);
  const tensors = [...values].map(([name, value]) => {
    const info = infos.get(name);
    if (info === undefined) throw unknownInput(name, infos);
    return [name, typeof value === 'number' ? randomTensor(info, value) : value] as const;
  });
  return Object.fromEntries(tensors);
}

async function readGivenInput(argument: InputArgument): Promise<GivenInput> {
  const {input: name} = argument;
  if (argument.kind === 'random') return {name, value: argument.seed};
  try {
    return {name, value: readNpy(await readFile(argument.path), argument.path)};
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

import {stat} from 'node:fs/promises';
import type {Backend} from './backend.js';

const bytesPerMiB = 2 ** 20;

/** Why a network is too large for a backend's memory; undefined if it is not. */
export async function sizeProblem(
  {networkBytesMax}: Backend,
  modelBytes: number,
  weightsFile: string | undefined,
): Promise<string | undefined> {
  if (networkBytesMax === Infinity) return undefined;
  const weightsBytes = weightsFile === undefined ? 0 : (await stat(weightsFile)).size;
  const bytes = modelBytes + weightsBytes;
  if (bytes <= networkBytesMax) return undefined;
  const [given, max] = [bytes, networkBytesMax].map(count => Math.ceil(count / bytesPerMiB));
  return `the network is too large: expected at most ${max} MiB with its weights, it has ${given} MiB`;
}

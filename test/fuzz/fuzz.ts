import {inspect} from 'node:util';
import {InferenceError} from '../../src/errors.js';
import {SeededRandom} from '../support/seeded-random.js';
import {mutate} from './mutate.js';
import type {Target} from './targets.js';

/** A case that was neither taken nor refused as it must be. */
export interface Fault {
  readonly target: string;
  readonly seed: number;
  readonly why: string;
}

export interface FuzzOptions {
  readonly cases: number;
  /** Of the first case; each has the next one. */
  readonly seed: number;
}

/** No reader may take so much processor time over a few kilobytes. */
const caseMsMax = 2000;
const faultsMax = 20;

/** Changes samples of a target and has them read. Cases are named by their seeds. */
export async function fuzz(target: Target, {cases, seed}: FuzzOptions): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  for (let each = seed; each < seed + cases && faults.length < faultsMax; each++) {
    const why = await faultOf(target, each);
    if (why !== undefined) faults.push({target: target.name, seed: each, why});
  }
  return faults;
}

async function faultOf(target: Target, seed: number): Promise<string | undefined> {
  const {samples, change = mutate, read} = target;
  const random = new SeededRandom(seed);
  const began = process.cpuUsage();
  try {
    await read(change(random.pick(samples), random.pick(samples), random));
  } catch (error) {
    if (!(error instanceof InferenceError)) return `threw ${inspect(error)}`;
    if (error.code === 'INTERNAL') return `INTERNAL: ${error.message}`;
  }
  const {user, system} = process.cpuUsage(began);
  const tookMs = (user + system) / 1000;
  return tookMs > caseMsMax ? `took ${tookMs} ms` : undefined;
}

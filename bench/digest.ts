import {createHash} from 'node:crypto';
import type {Contender, Workload} from './contenders/contender.js';

export interface Digest {
  /** SHA-256 over the outputs of every input of the workload, in order. */
  readonly sha256: string;
  /** Of one inference. */
  readonly outputBytes: number;
}

/** What a contender makes of every input, once. */
export async function digestOf(contender: Contender, {inputs}: Workload): Promise<Digest> {
  const hash = createHash('sha256');
  let outputBytes = 0;
  for (const index of inputs.keys()) {
    outputBytes = 0;
    for (const [name, {data}] of Object.entries(await contender.infer(0, index))) {
      if (!ArrayBuffer.isView(data)) throw new TypeError(`${name}: expected numbers`);
      hash.update(name).update(data);
      outputBytes += data.byteLength;
    }
  }
  return {sha256: hash.digest('hex'), outputBytes};
}

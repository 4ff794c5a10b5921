import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {DiskCache} from '../../src/wire/disk-cache.js';
import {recordedLog} from './recorded-log.js';

/*
 * A process that stores, finds and drops networks in the folder of its first argument, in which
 * there is room for some of them. It prints how often it found one; its exit status is 1 if it ever
 * found another than was stored under the key.
 */

const rounds = 60;
const digits = ['a', 'b', 'c', 'd', 'e'];
const bytes = 2 ** 16;

const [folder = '', seed = '0'] = process.argv.slice(2);
const cache = new DiskCache({folder, bytesMax: 6 * bytes, log: recordedLog()});
let hits = 0;

for (let round = 0; round < rounds; round++) {
  const at = (round * 7 + Number(seed) * 3) % digits.length;
  const key = {section: '', digest: (digits[at] ?? 'a').repeat(64)};
  const found = await cache.find(key);
  if (found !== undefined) {
    hits++;
    const whole = found.content.length === bytes && found.content.every(byte => byte === at);
    // It may have been evicted since: then there is no file, but never half of one.
    const weights = await readFile(found.weightsFile ?? '').catch(() => undefined);
    const same = weights?.every(byte => byte === at) ?? true;
    if (!whole || !same || (weights?.length ?? bytes) !== bytes) process.exit(1);
  }
  if (round % 11 === 10) await cache.drop(key);
  await cache.store(key, async into => {
    const weightsFile = join(into, 'weights');
    await writeFile(weightsFile, new Uint8Array(bytes).fill(at));
    return {content: new Uint8Array(bytes).fill(at), weightsFile};
  });
}
process.stdout.write(`${hits}\n`);

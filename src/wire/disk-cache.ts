import {constants} from 'node:buffer';
import {randomBytes} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {z} from 'zod';
import {blobRefSchema} from '../../schemas/network-blob.js';
import {InferenceError} from '../errors.js';
import type {BlobRef} from '../ports/bulk-store.js';
import type {CachedNetwork, CacheKey, CompiledCache, FillEntry} from '../ports/compiled-cache.js';
import type {Log} from '../ports/log.js';
import {type BlobContent, blobRefOf, brokenBlob} from './blob-content.js';
import {evictEntries, overheadBytes, partPrefix, trashPrefix} from './evict-entries.js';

export interface DiskCacheOptions {
  readonly folder: string;
  /** Bytes of all entries in the folder, whoever wrote them. */
  readonly bytesMax: number;
  readonly log: Log;
}

/** Of the description of an entry. */
const descriptionBytesMax = 4096;
const version = 1;
const descriptionFile = 'entry.json';
const contentFile = 'content';
const weightsFile = 'weights.bin';
const filledFolder = 'filled';
const markPrefix = 'opening-';

const descriptionSchema = z.strictObject({
  format: z.literal('heterodyne-compiled-network'),
  version: z.literal(version),
  key: z.string(),
  content: blobRefSchema,
  weights: blobRefSchema.nullable(),
});
type Description = Readonly<z.infer<typeof descriptionSchema>>;

/**
 * A cache in a folder that processes of a host share. An entry is a folder of three files that gets
 * its name once it is whole and on the disk, and loses it before it is removed: nobody reads half
 * of one. What is read is checked against the digests that were written with it.
 */
export class DiskCache implements CompiledCache {
  readonly #options: DiskCacheOptions;

  constructor(options: DiskCacheOptions) {
    this.#options = options;
  }

  async find(key: CacheKey): Promise<CachedNetwork | undefined> {
    try {
      return await this.#read(key);
    } catch (error) {
      if (isAbsent(error) && !(await exists(this.#pathOf(key)))) return undefined;
      this.#warn('a cached network is unusable and is dropped', key, error);
      await this.drop(key);
      return undefined;
    }
  }

  async opened(key: CacheKey): Promise<void> {
    await rm(openingMark(this.#pathOf(key)), {force: true}).catch(() => {});
  }

  async store(key: CacheKey, fill: FillEntry): Promise<void> {
    let part: string | undefined;
    try {
      await mkdir(this.#options.folder, {recursive: true, mode: 0o700});
      part = await mkdtemp(join(this.#options.folder, partPrefix));
      const bytes = await writeEntry(part, key, fill);
      if (bytes !== undefined) await this.#place(part, key, bytes);
    } catch (error) {
      this.#warn('a compiled network could not be cached', key, error);
    }
    if (part !== undefined) await rm(part, {recursive: true, force: true}).catch(() => {});
  }

  async drop(key: CacheKey): Promise<void> {
    const trash = join(this.#options.folder, `${trashPrefix}${randomBytes(8).toString('hex')}`);
    try {
      await rename(this.#pathOf(key), trash);
      await rm(trash, {recursive: true, force: true});
    } catch (error) {
      if (!isAbsent(error)) this.#warn('a cached network could not be dropped', key, error);
    }
  }

  async #read(key: CacheKey): Promise<CachedNetwork> {
    const entry = this.#pathOf(key);
    await checkNobodyDied(entry);
    const description = await readDescription(join(entry, descriptionFile), key);
    const content = await readContent(join(entry, contentFile), description.content);
    const weights = description.weights;
    const path = join(entry, weightsFile);
    if (weights !== null) await check(() => createReadStream(path), weights);
    await noteUse(entry);
    return {content, weightsFile: weights === null ? undefined : path};
  }

  async #place(part: string, key: CacheKey, bytes: number): Promise<void> {
    const {folder, bytesMax} = this.#options;
    if (bytes > bytesMax) {
      throw new InferenceError('PAYLOAD_TOO_LARGE', `expected at most ${bytesMax} bytes: ${bytes}`);
    }
    await evictEntries(folder, bytesMax - bytes);
    const path = this.#pathOf(key);
    await mkdir(dirname(path), {recursive: true, mode: 0o700});
    // Where another process was faster, its entry is as good.
    await rename(part, path).catch(error => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    await sync(dirname(path));
  }

  #pathOf({section, digest}: CacheKey): string {
    return join(this.#options.folder, section, digest);
  }

  #warn(message: string, {digest}: CacheKey, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#options.log.write('warn', message, {folder: this.#options.folder, entry: digest, why});
  }
}

/** A folder that cannot be written to can be read. */
async function noteUse(entry: string): Promise<void> {
  const now = new Date();
  await utimes(join(entry, descriptionFile), now, now).catch(() => {});
  await writeFile(openingMark(entry), '').catch(() => {});
}

/** There while a process imports the entry: native code may end it. */
function openingMark(entry: string, pid = process.pid): string {
  return join(entry, `${markPrefix}${pid}`);
}

async function checkNobodyDied(entry: string): Promise<void> {
  for (const name of await readdir(entry)) {
    if (!name.startsWith(markPrefix)) continue;
    const pid = Number(name.slice(markPrefix.length));
    if (!isRunning(pid)) throw invalid(`one that the process ${pid} did not outlive`);
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Writes an entry into an empty folder and gives its bytes; undefined if there is none. */
async function writeEntry(
  part: string,
  key: CacheKey,
  fill: FillEntry,
): Promise<number | undefined> {
  const filled = join(part, filledFolder);
  await mkdir(filled);
  const network = await fill(filled);
  if (network === undefined) return undefined;
  const content = await blobRefOf(network.content);
  await write(join(part, contentFile), network.content);
  const weights = await placeWeights(network.weightsFile, join(part, weightsFile));
  const description: Description = {
    ...{format: 'heterodyne-compiled-network', version, key: key.digest},
    ...{content, weights},
  };
  await rm(filled, {recursive: true});
  await write(join(part, descriptionFile), new TextEncoder().encode(JSON.stringify(description)));
  await sync(part);
  return content.bytes + (weights?.bytes ?? 0) + overheadBytes;
}

async function placeWeights(from: string | undefined, to: string): Promise<BlobRef | null> {
  if (from === undefined) return null;
  const folder = join(dirname(to), filledFolder);
  if (dirname(from) !== folder) throw invalid(`weights at ${from}, and not in ${folder}`);
  await rename(from, to);
  await sync(to);
  return blobRefOf(() => createReadStream(to));
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Brings a file, or what a folder names, to the disk. */
async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readDescription(path: string, {digest}: CacheKey): Promise<Description> {
  const {size} = await stat(path);
  if (size > descriptionBytesMax) throw invalid(`an entry described by ${size} bytes`);
  const parsed = descriptionSchema.safeParse(parseJson(await readFile(path, 'utf8')));
  if (!parsed.success) throw invalid(`an entry of another format: ${parsed.error.message}`);
  if (parsed.data.key !== digest) throw invalid(`the entry of ${parsed.data.key}`);
  return parsed.data;
}

async function readContent(path: string, ref: BlobRef): Promise<Uint8Array> {
  const {size} = await stat(path);
  if (size !== ref.bytes || size > constants.MAX_LENGTH) throw invalid(`${size} bytes of content`);
  const content = await readFile(path);
  await check(content, ref);
  return content;
}

async function check(content: BlobContent, ref: BlobRef): Promise<void> {
  const given = await blobRefOf(content);
  if (given.digest !== ref.digest) throw brokenBlob(ref.digest, given);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function invalid(given: string): InferenceError {
  return new InferenceError('INVALID_BLOB', `expected a whole cached network, given ${given}`);
}

import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {digitsPath} from '../support/digits.js';
import {fileCleanup} from '../support/file-cleanup.js';
import {runCommand} from '../support/run-command.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/* Exported blobs and the cache on the command line, with everything in one process. */

delete process.env['HETERODYNE_SERVERS'];

const cleanup = fileCleanup();
let written: Promise<string> | undefined;

/** The digits as CPU compiled them, written once for all tests. */
function digitsBlob(): Promise<string> {
  written ??= exported('digits.blob');
  return written;
}

async function exported(name: string, ...args: readonly string[]): Promise<string> {
  const blob = join(await temporaryFolder(cleanup), name);
  const {noted} = await runCommand('export', digitsPath, '-d', 'CPU', '-o', blob, ...args);
  if (!/\.blob: \d+ bytes, for CPU/.test(noted)) throw new Error(noted);
  return blob;
}

async function inferred(...args: readonly string[]): Promise<unknown> {
  const random = ['-i', 'image=random:7', '--json'];
  return JSON.parse((await runCommand('infer', ...args, ...random)).printed);
}

test.serial('what export writes is a model for infer', async t => {
  const blob = await digitsBlob();
  t.deepEqual(await inferred(blob), await inferred(digitsPath, '-d', 'CPU'));
});

test.serial('what export writes is a model for benchmark', async t => {
  const {printed} = await runCommand('benchmark', await digitsBlob(), '-n', '3', '--json');
  t.is(JSON.parse(printed).count, 3);
});

test.serial('a blob without networks is smaller, and for its own kind of device', async t => {
  const lean = await exported('lean.blob', '--no-networks');
  const [small, large] = [await readFile(lean), await readFile(await digitsBlob())];
  t.true(small.length < 0.6 * large.length, `${small.length} of ${large.length}`);
  t.like(await t.throwsAsync(inferred(lean, '-d', 'WASM')), {code: 'BLOB_INCOMPATIBLE'});
});

test.serial('a blob that was cut short is refused', async t => {
  const cut = join(await temporaryFolder(t), 'cut.blob');
  await writeFile(cut, (await readFile(await digitsBlob())).subarray(0, 1000));
  t.like(await t.throwsAsync(inferred(cut)), {code: 'INVALID_BLOB'});
});

test.serial('a blob is split already', async t => {
  const placed = await t.throwsAsync(inferred(await digitsBlob(), '-a', 'conv1=CPU'));
  t.like(placed, {code: 'INVALID_ARGUMENT'});
  t.regex(placed?.message ?? '', /affinity/);
});

test.serial('a blob that cannot be written says where', async t => {
  const file = join(await temporaryFolder(t), 'file');
  await writeFile(file, 'no folder');
  const args = ['export', digitsPath, '-d', 'CPU', '-o', join(file, 'x.blob')];
  const error = await t.throwsAsync(runCommand(...args));
  t.like(error, {code: 'INVALID_ARGUMENT'});
  t.regex(error?.message ?? '', /x\.blob/);
});

test.serial('with --cache-dir a network is compiled once', async t => {
  const cache = join(await temporaryFolder(t), 'cache');
  const args = [digitsPath, '-d', 'CPU', '--cache-dir', cache];
  const first = await inferred(...args);
  const entries = await readdir(cache);
  t.is(entries.length, 1);
  t.deepEqual(await inferred(...args), first);
  t.deepEqual(await readdir(cache), entries);
});

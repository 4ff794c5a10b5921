// Makes a nats-server available: `node scripts/install-nats-server.mjs`.
//
// 1. One on PATH, in the system's folders or in the user's cache is enough.
// 2. On Debian and its kin, from the distribution, which checks signatures: installed by root;
//    unpacked into the user's cache for others, and where installing would start a service.
// 3. Elsewhere on Linux, the official release below, unpacked into the user's cache.
//
// --url <base> --sha256 <sum>   takes the release from a mirror instead, whatever there is already
// --folder <folder>             unpacks into this folder instead of the cache
//
// Plain Node without dependencies: it runs from a fresh clone and from the npm package alike.

import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {accessSync, constants, existsSync} from 'node:fs';
import {chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile} from 'node:fs/promises';
import {homedir, tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {gunzipSync} from 'node:zlib';

const version = '2.10.29';
const releases = `https://github.com/nats-io/nats-server/releases/download/v${version}`;

/** SHA-256 of nats-server-v<version>-linux-<name>.tar.gz, as the official images check them. */
const linuxBuilds = {
  arm64: {
    name: 'arm64',
    sha256: 'da4b27942ecfb4c5f0c54553d2e7f470ddda9d7581cfe8131b351a0e223ed401',
  },
  arm: {name: 'arm7', sha256: 'a59e7336a32ef78b0ca8bc3e6707a5770461d3f45c4c2f96cfef263f26eaefd5'},
  x64: {name: 'amd64', sha256: 'e314da74a83a1d3876db8814c27eb990fe729640fd6452025b441bcede8390da'},
  ia32: {name: '386', sha256: 'abc385394c19784558f7aa2f9770fe2daceb22cf95e3fa398c832590479396b0'},
  s390x: {
    name: 's390x',
    sha256: 'ee821b1eae8bb98a0d4603510a41613dd15afef244261a79da33515699d1aece',
  },
  ppc64: {
    name: 'ppc64le',
    sha256: '31b0063d261e5d8c59396f8a3f9298ad80b36fd4bc370ce59e5d160f55a0fe46',
  },
};

const downloadTimeoutMs = 300_000;
const archiveBytesMax = 64 * 2 ** 20;
const unpackedBytesMax = 256 * 2 ** 20;
const tarBlockBytes = 512;

const help =
  'Install nats-server 2.9 or newer (Debian, Ubuntu: apt-get install nats-server; macOS: brew ' +
  'install nats-server; others: https://github.com/nats-io/nats-server/releases), or connect to a ' +
  'running one with --servers nats://HOST:4222.';

try {
  const {values} = parseArgs({
    options: {url: {type: 'string'}, sha256: {type: 'string'}, folder: {type: 'string'}},
  });
  console.log(await install(values));
} catch (error) {
  console.error(`No nats-server could be installed: ${error.message}\n${help}`);
  process.exitCode = 1;
}

/** Says where the nats-server is. */
async function install({url, sha256, folder = cacheFolder()}) {
  const target = join(folder, 'nats-server');
  if (url === undefined) {
    const found = find(folder);
    if (found !== undefined) return `nats-server is at ${found}.`;
    const packaged = await fromDistribution(folder);
    if (packaged !== undefined) return `nats-server is at ${packaged}, from the distribution.`;
  }
  await fromRelease(target, {url, sha256});
  return `nats-server ${version} is at ${target}, from ${url ?? 'its official release'}.`;
}

function find(folder) {
  const path = (process.env.PATH ?? '').split(delimiter).filter(entry => entry !== '');
  const folders = [...path, '/usr/sbin', '/usr/local/sbin', '/usr/local/bin', folder];
  return folders.map(entry => join(entry, 'nats-server')).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'heterodyne');
}

/** Undefined where there is no apt-get, or it has no such package. */
async function fromDistribution(folder) {
  if (process.platform !== 'linux' || !succeeds('apt-get', ['--version'])) return undefined;
  const root = process.getuid?.() === 0;
  // Under systemd the package starts a server of its own on port 4222, which nobody asked for.
  if (!root || existsSync('/run/systemd/system')) return unpackedPackage(folder, root);
  const list = ['install', '--yes', '--no-install-recommends', 'nats-server'];
  console.log('apt-get install nats-server ...');
  if (!succeeds('apt-get', list) && succeeds('apt-get', ['update'])) succeeds('apt-get', list);
  return find(folder);
}

async function unpackedPackage(folder, root) {
  const work = await mkdtemp(join(tmpdir(), 'heterodyne-install-'));
  try {
    console.log('apt-get download nats-server ...');
    const fetched = () => succeeds('apt-get', ['download', 'nats-server'], work);
    if (!fetched() && !(root && succeeds('apt-get', ['update']) && fetched())) return undefined;
    const archive = (await readdir(work)).find(name => name.endsWith('.deb'));
    if (archive === undefined || !succeeds('dpkg-deb', ['-x', archive, '.'], work))
      return undefined;
    const target = join(folder, 'nats-server');
    await place(target, partial => copyFile(join(work, 'usr/sbin/nats-server'), partial));
    return target;
  } finally {
    await rm(work, {recursive: true, force: true});
  }
}

function succeeds(command, list, cwd) {
  const env = {...process.env, DEBIAN_FRONTEND: 'noninteractive'};
  return spawnSync(command, list, {stdio: 'ignore', cwd, env}).status === 0;
}

async function fromRelease(target, {url, sha256}) {
  const build = process.platform === 'linux' ? linuxBuilds[process.arch] : undefined;
  if (build === undefined) {
    throw new Error(`there is no checked release for ${process.platform} on ${process.arch}.`);
  }
  const from = `${url ?? releases}/nats-server-v${version}-linux-${build.name}.tar.gz`;
  console.log(`Downloading ${from} ...`);
  const archive = await download(from);
  const sum = createHash('sha256').update(archive).digest('hex');
  const expected = sha256 ?? build.sha256;
  if (sum !== expected) throw new Error(`expected a SHA-256 of ${expected}, given ${sum}.`);
  const program = fileInTar(
    gunzipSync(archive, {maxOutputLength: unpackedBytesMax}),
    'nats-server',
  );
  await place(target, partial => writeFile(partial, program));
}

async function download(from) {
  const answer = await fetch(from, {signal: AbortSignal.timeout(downloadTimeoutMs)}).catch(
    error => {
      throw new Error(`${from}: ${error.cause?.message ?? error.message}.`);
    },
  );
  if (!answer.ok) throw new Error(`${from}: ${answer.status} ${answer.statusText}.`);
  const pieces = [];
  let bytes = 0;
  for await (const piece of answer.body) {
    bytes += piece.length;
    if (bytes > archiveBytesMax) throw new Error(`${from}: over ${archiveBytesMax} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** A regular file's bytes, by the last part of its path (POSIX ustar: name at 0, octal size at 124). */
function fileInTar(tar, wanted) {
  for (let at = 0; at + tarBlockBytes <= tar.length; ) {
    const name = tar.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8) || 0;
    const start = at + tarBlockBytes;
    if (name.split('/').at(-1) === wanted && size > 0) return tar.subarray(start, start + size);
    at = start + Math.ceil(size / tarBlockBytes) * tarBlockBytes;
  }
  throw new Error(`the archive holds no ${wanted}.`);
}

/** Whoever looks for the program meanwhile finds none, or all of it. */
async function place(target, write) {
  await mkdir(join(target, '..'), {recursive: true});
  const partial = `${target}.${process.pid}.part`;
  try {
    await write(partial);
    await chmod(partial, 0o755);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, {force: true});
    throw error;
  }
}

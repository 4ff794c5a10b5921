import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {InferenceError} from '../errors.js';
import {endWithParent} from './end-with-parent.js';
import {findNatsServer} from './find-nats-server.js';

const startTimeoutMs = 10_000;
const pollMs = 10;
const stopTimeoutMs = 5_000;
const outputCharactersMax = 4_000;
/** A process that is busy for a second must not be cut off for the tensors that wait for it. */
const defaultConfig = 'max_pending: 268435456';

export interface NatsServerOptions {
  /** The nats-server to run; found if not given. */
  readonly executable?: string;
  readonly host?: string;
  /** 0: a free one. */
  readonly port?: number;
  /** On unless false. */
  readonly jetStream?: boolean;
  /** Where JetStream keeps its streams; without one, a folder that is removed at the end. */
  readonly storeDir?: string;
  /** A configuration file's text, for what has no option here. */
  readonly config?: string;
}

/** A running nats-server that belongs to this process. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Settles when the server has ended, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a nats-server and waits until it accepts connections. It ends with `stop`, or when this
 * process is no more. Rejects with InferenceError NO_SERVER if there is none, or if it does not start.
 */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const executable = options.executable ?? findNatsServer();
  if (executable === undefined) {
    throw noServer('Expected a nats-server on PATH: run `node scripts/install-nats-server.mjs`.');
  }
  const folder = await mkdtemp(join(tmpdir(), 'heterodyne-nats-'));
  const child = spawn(executable, await argumentsFor(options, folder), {
    // In a group of its own: what interrupts this process must find the server still there.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const output = lastOutput(child);
  const watcher = child.pid === undefined ? undefined : endWithParent(child.pid, folder);
  const ended = hasEnded(child).finally(() => watcher?.cancel());
  const stop = async () => {
    await end(child, ended);
    await rm(folder, {recursive: true, force: true, maxRetries: 3});
  };
  try {
    const url = await readyUrl(child, folder, ended);
    return {url, port: Number(new URL(url).port), pid: child.pid ?? 0, ended, stop};
  } catch (error) {
    await stop();
    throw noServer(
      `Expected ${executable} to start: ${InferenceError.from(error).message}${output()}`,
    );
  }
}

async function argumentsFor(options: NatsServerOptions, folder: string): Promise<string[]> {
  const {host = '127.0.0.1', port = 0, jetStream = true, storeDir = folder, config = ''} = options;
  // The server writes the port it was given into a file: asking for a free one first would race.
  const list = ['-a', host, '-p', String(port === 0 ? -1 : port), '--ports_file_dir', folder];
  if (jetStream) list.push('-js', '-sd', storeDir);
  const path = join(folder, 'nats-server.conf');
  await writeFile(path, `${defaultConfig}\n${config}`, {mode: 0o600});
  return [...list, '-c', path];
}

async function readyUrl(
  child: ChildProcess,
  folder: string,
  ended: Promise<void>,
): Promise<string> {
  let running = true;
  void ended.then(() => {
    running = false;
  });
  for (let waitedMs = 0; running && waitedMs < startTimeoutMs; waitedMs += pollMs) {
    const url = writtenUrl(join(folder, `nats-server_${child.pid}.ports`));
    if (url !== undefined) return url;
    await delay(pollMs);
  }
  throw new Error(running ? `not ready after ${startTimeoutMs} ms` : 'it ended at once');
}

/** The server's first client URL; undefined until its file of ports is whole. */
function writtenUrl(path: string): string | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).nats[0];
  } catch {
    return undefined;
  }
}

async function hasEnded(child: ChildProcess): Promise<void> {
  // A program that cannot be run has an error and no exit.
  await Promise.race([once(child, 'close'), new Promise(resolve => child.once('error', resolve))]);
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  const timeout = new AbortController();
  const killed = delay(stopTimeoutMs, undefined, {signal: timeout.signal}).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
  await ended;
  timeout.abort();
  await killed;
}

function lastOutput(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-outputCharactersMax);
  });
  return () => (text === '' ? '' : `\n${text}`);
}

function noServer(message: string): InferenceError {
  return new InferenceError('NO_SERVER', message);
}

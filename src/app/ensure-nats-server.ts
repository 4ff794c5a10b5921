import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {InferenceError} from '../errors.js';
import {findNatsServer} from './find-nats-server.js';

const script = fileURLToPath(new URL('../../../scripts/install-nats-server.mjs', import.meta.url));

/**
 * The path of a nats-server; where there is none, installs one first and says so, line by line.
 * Rejects with InferenceError NO_SERVER if that fails.
 */
export async function ensureNatsServer(note: (line: string) => void): Promise<string> {
  const found = findNatsServer();
  if (found !== undefined) return found;
  note('There is no nats-server on this host: installing one.');
  const failure = await installNatsServer(note);
  const installed = findNatsServer();
  if (installed !== undefined) return installed;
  throw new InferenceError('NO_SERVER', failure);
}

/** What the script said of its failure. */
async function installNatsServer(note: (line: string) => void): Promise<string> {
  const child = spawn(process.execPath, [script], {stdio: ['ignore', 'pipe', 'pipe']});
  const errors: string[] = [];
  createInterface(child.stdout).on('line', note);
  createInterface(child.stderr).on('line', line => errors.push(line));
  await Promise.race([once(child, 'close'), once(child, 'error')]);
  return errors.join('\n');
}

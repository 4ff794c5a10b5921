import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import {InferenceError} from '../../errors.js';

const command = fileURLToPath(new URL('../main.js', import.meta.url));
const stopTimeoutMs = 15_000;
const outputCharactersMax = 4000;

/** Processes of the heterodyne command that end with this one. */
export class ChildProcesses {
  readonly #children: ChildProcess[] = [];
  readonly #died: Promise<never>;
  #fail: (error: InferenceError) => void = () => {};
  #stopping = false;

  constructor() {
    this.#died = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#died.catch(() => {});
  }

  /** Rejects when a child ends before `stop`. */
  get died(): Promise<never> {
    return this.#died;
  }

  /** No effect after `stop`. */
  start(...args: readonly string[]): void {
    if (this.#stopping) return;
    const child = fork(command, args, {
      // In a group of its own: what interrupts this process leaves the order of ends to it.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#children.push(child);
    let output = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-outputCharactersMax);
    });
    child.once('exit', (code, signal) => {
      if (this.#stopping) return;
      const text = `heterodyne ${args.join(' ')} ended (${signal ?? code}): ${output.trim()}`;
      this.#fail(new InferenceError('DEVICE_LOST', text));
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#children.map(stopChild));
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(timer);
}

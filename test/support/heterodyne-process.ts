import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {dirname} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';
import {findNatsServer} from '../../src/app/find-nats-server.js';

export const commandPath = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

export type Cleanup = Pick<ExecutionContext, 'teardown'>;

export interface RunOptions {
  /** Added to this process's environment, less what would lead to another cluster. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** It is killed after this time. */
  readonly timeoutMs?: number;
  /** In a process group of its own, as a terminal's foreground job is. */
  readonly group?: boolean;
  /** With a channel to this process, by which it notices when a test run is no more. */
  readonly channel?: boolean;
}

/** How a process ended, and all that it wrote. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const timeoutMsDefault = 60_000;

/** A process of the heterodyne command, killed at the latest when the test ends. */
export class HeterodyneProcess {
  readonly name: string;
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #timeoutMs: number;
  #stdout = '';
  #stderr = '';

  constructor(t: Cleanup, args: readonly string[], options: RunOptions = {}) {
    this.name = `heterodyne ${args.join(' ')}`;
    this.#timeoutMs = options.timeoutMs ?? timeoutMsDefault;
    this.#child = spawn(process.execPath, [commandPath, ...args], {
      ...(options.cwd === undefined ? {} : {cwd: options.cwd}),
      detached: options.group === true,
      env: environment(options.env ?? {}),
      stdio: ['ignore', 'pipe', 'pipe', ...(options.channel ? (['ipc'] as const) : [])],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = this.#end();
    t.teardown(async () => {
      this.kill('SIGKILL');
      await this.ended;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Closes the other end of its stdout. */
  stopReading(): void {
    this.#child.stdout?.destroy();
  }

  /** What Ctrl-C does: the whole group is interrupted, which must be its own. */
  interrupt(): void {
    process.kill(-this.pid, 'SIGINT');
  }

  kill(signal: NodeJS.Signals): void {
    if (!this.hasEnded) this.#child.kill(signal);
  }

  /**
   * Settles once what it wrote to stderr, or stdout, matches; rejects with what it wrote instead if
   * the process ends or is late.
   */
  async says(pattern: RegExp): Promise<void> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    const {stdout, stderr} = this.#child;
    while (!pattern.test(this.#stderr) && !pattern.test(this.#stdout)) {
      if (this.hasEnded || !stdout || !stderr)
        throw this.failure(`ended before it said ${pattern}`);
      const writes = [stdout, stderr].map(stream => once(stream, 'data', {signal}));
      await Promise.race([...writes, this.ended]).catch(() => {
        throw this.failure(`did not say ${pattern} within ${this.#timeoutMs} ms`);
      });
    }
  }

  failure(what: string): Error {
    const {exitCode, signalCode} = this.#child;
    return new Error(`${this.name} (${signalCode ?? exitCode}) ${what}:\n${this.#stderr}`);
  }

  async #end(): Promise<Ended> {
    const [status, signal] = (await once(this.#child, 'close')) as [
      number | null,
      NodeJS.Signals | null,
    ];
    return {status, signal, stdout: this.#stdout, stderr: this.#stderr};
  }
}

/** Runs the heterodyne command to its end, which is bounded. */
export async function runHeterodyne(
  t: Cleanup,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const running = new HeterodyneProcess(t, args, options);
  const timer = setTimeout(() => running.kill('SIGKILL'), options.timeoutMs ?? timeoutMsDefault);
  const ended = await running.ended;
  clearTimeout(timer);
  return ended;
}

/** The same nats-server is found, whatever else the environment is told. */
function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const {HETERODYNE_SERVERS: _servers, HETERODYNE_CLUSTER: _cluster, ...env} = process.env;
  const server = findNatsServer();
  const path = server === undefined ? env['PATH'] : `${dirname(server)}:${env['PATH']}`;
  return {...env, ...(path === undefined ? {} : {PATH: path}), ...extra};
}

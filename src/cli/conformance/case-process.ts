import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import {InferenceError} from '../../errors.js';
import type {CaseSettings, FromCaseProcess, ToCaseProcess} from './case-messages.js';
import {type CaseResult, noCuts, severalOperations} from './case-result.js';
import type {CaseFolder} from './find-cases.js';

const worker = fileURLToPath(new URL('./case-worker.js', import.meta.url));
const outputCharactersMax = 2000;
/** To start devices, or to reach a cluster. */
const startMs = 60_000;

/** How one answer was waited for. */
type Answer = FromCaseProcess | {readonly kind: 'ended'} | {readonly kind: 'silent'};

/** A process of its own that runs cases, and what happened to it. */
export class CaseProcess {
  /** What takes the other side of cuts; known once it is ready. */
  cutWith: string | null = null;
  readonly #child: ChildProcess;
  readonly #silentMs: number;
  #output = '';
  #step = '';
  #answered: (answer: Answer) => void = () => {};
  #how = '';

  private constructor(silentMs: number, module: string) {
    this.#silentMs = silentMs;
    this.#child = fork(module, {stdio: ['ignore', 'ignore', 'pipe', 'ipc']});
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-outputCharactersMax);
    });
    this.#child.on('message', (message: FromCaseProcess) => this.#answered(message));
    this.#child.on('error', () => {});
    this.#child.once('exit', (code, signal) => {
      this.#how = signal ?? `exit status ${code}`;
      this.#answered({kind: 'ended'});
    });
  }

  /**
   * `silentMs`: how long one step of a case may take. `module` runs in the process. Rejects with
   * what the process could not start for.
   */
  static async start(
    settings: CaseSettings,
    silentMs: number,
    module = worker,
  ): Promise<CaseProcess> {
    const started = new CaseProcess(silentMs, module);
    const answer = await started.#ask({kind: 'start', settings}, startMs);
    if (answer.kind === 'ready') {
      started.cutWith = answer.cutWith;
      return started;
    }
    await started.stop();
    if (answer.kind === 'failed') throw InferenceError.fromWire(answer.error);
    throw new InferenceError(
      'DEVICE_LOST',
      `no process for cases: ${started.#why(answer, startMs)}`,
    );
  }

  /** False once it has ended, or a case has left it in doubt. */
  get usable(): boolean {
    return this.#child.connected && this.#how === '';
  }

  /** Never rejects; after a crash or a hang the process is not `usable`. */
  run(folder: CaseFolder): Promise<CaseResult> {
    return this.#perform(folder.name, {kind: 'run', folder});
  }

  /** The same for a behaviour. */
  behave(name: string): Promise<CaseResult> {
    return this.#perform(name, {kind: 'behave', name});
  }

  async #perform(name: string, message: ToCaseProcess): Promise<CaseResult> {
    this.#step = 'start';
    const answer = await this.#ask(message, this.#silentMs);
    if (answer.kind === 'result') {
      const {outcome} = answer.result;
      if (outcome === 'crashed' || outcome === 'hanging') await this.stop();
      return answer.result;
    }
    await this.stop();
    const outcome = answer.kind === 'silent' ? 'hanging' : 'crashed';
    const why = `${this.#step}: ${this.#why(answer, this.#silentMs)}`;
    return {name, operation: severalOperations, outcome, message: why, cuts: noCuts};
  }

  async stop(): Promise<void> {
    if (this.#how !== '') return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  /** Waits for the answer to `message`; every step that is told starts the time anew. */
  #ask(message: ToCaseProcess, silentMs: number): Promise<Answer> {
    return new Promise(resolve => {
      const waitOn = () => setTimeout(() => this.#answered({kind: 'silent'}), silentMs);
      let timer = waitOn();
      this.#answered = answer => {
        clearTimeout(timer);
        if (answer.kind === 'step') {
          this.#step = answer.step;
          timer = waitOn();
          return;
        }
        this.#answered = () => {};
        resolve(answer);
      };
      if (this.#how !== '') this.#answered({kind: 'ended'});
      else this.#child.send(message, () => {});
    });
  }

  #why(answer: Answer, silentMs: number): string {
    if (answer.kind === 'silent') return `no answer within ${silentMs / 1000} s`;
    if (answer.kind === 'failed') return answer.error.message;
    const said = this.#output.trim().split('\n').at(-1) ?? '';
    return `the process ended (${this.#how})${said === '' ? '' : `: ${said}`}`;
  }
}

import {setTimeout as pause} from 'node:timers/promises';
import {systemClock} from '../../app/system-world.js';
import {InferenceError} from '../../errors.js';
import type {CaseSettings} from './case-messages.js';
import {CaseProcess} from './case-process.js';
import {type CaseResult, noCuts, severalOperations} from './case-result.js';

export interface CaseLaneOptions {
  readonly settings: CaseSettings;
  /** How long one step of a case may take before its process is ended. */
  readonly stepTimeoutMs: number;
  /** What runs in the process; see CaseProcess. */
  readonly module?: string | undefined;
  /** How long a device that a case has ended may take to come back. */
  readonly restartMsMax?: number;
}

/** After so many cases a process makes room for a fresh one. */
const casesPerProcessMax = 200;
const restartMsMaxDefault = 30_000;
const pauseMs = 500;

/** Runs one case after the other, each in a process that no case before it has harmed. */
export class CaseLane {
  readonly #options: CaseLaneOptions;
  #process: CaseProcess | undefined;
  #cases = 0;
  #givenUp: unknown;

  constructor(options: CaseLaneOptions) {
    this.#options = options;
  }

  /** What takes the other side of cuts; known once a process was started. */
  get cutWith(): string | null {
    return this.#process?.cutWith ?? null;
  }

  /** Rejects with what a process cannot be started for. */
  async start(): Promise<void> {
    const {settings, stepTimeoutMs, module} = this.#options;
    this.#process = await CaseProcess.start(settings, stepTimeoutMs, module);
    this.#cases = 0;
  }

  /** Never rejects: without a process, because the device does not come back, a case has crashed. */
  async perform(
    name: string,
    run: (process: CaseProcess) => Promise<CaseResult>,
  ): Promise<CaseResult> {
    try {
      const process = await this.#usable();
      this.#cases++;
      return await run(process);
    } catch (error) {
      const {message} = InferenceError.from(error);
      return {
        ...{name, operation: severalOperations, outcome: 'crashed', cuts: noCuts},
        message: `not started again: ${message}`,
      };
    }
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  async #usable(): Promise<CaseProcess> {
    if (this.#givenUp !== undefined) throw this.#givenUp;
    const process = this.#process;
    if (process?.usable && this.#cases < casesPerProcessMax) return process;
    await process?.stop();
    await this.#startAgain();
    return this.#usable();
  }

  async #startAgain(): Promise<void> {
    const {restartMsMax = restartMsMaxDefault} = this.#options;
    const endMs = systemClock.now() + restartMsMax;
    for (;;) {
      try {
        return await this.start();
      } catch (error) {
        if (systemClock.now() + pauseMs > endMs) {
          this.#givenUp = error;
          throw error;
        }
      }
      await pause(pauseMs);
    }
  }
}

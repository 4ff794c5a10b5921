import {fork} from 'node:child_process';
import {withoutTelemetry} from '../onnxruntime/without-telemetry.js';
import type {Placement} from './placement.js';

/** What a probe came to. */
export type ProbeAnswer = {readonly works: true} | {readonly works: false; readonly why: string};

export interface ProbeOptions {
  /** The module of the process that tries. */
  readonly module: URL;
  /** One that has not answered by then is ended, and its device counts as absent. */
  readonly timeoutMs: number;
}

/**
 * Whether a device really computes, found in a process of its own: neither its crash nor its silence
 * reaches this one. Never rejects.
 */
export function probe(
  placement: Placement,
  {module, timeoutMs}: ProbeOptions,
): Promise<ProbeAnswer> {
  withoutTelemetry();
  return new Promise(resolve => {
    // Drivers print what they like.
    const child = fork(module, {stdio: ['ignore', 'ignore', 'ignore', 'ipc']});
    const settle = (answer: ProbeAnswer) => {
      clearTimeout(timer);
      // Some drivers hang on their way out.
      child.kill('SIGKILL');
      resolve(answer);
    };
    const absent = (why: string) => settle({works: false, why});
    const timer = setTimeout(absent, timeoutMs, `no answer within ${timeoutMs / 1000} s`);
    child.on('message', (answer: ProbeAnswer) => settle(answer));
    child.on('error', ({message}) => absent(message));
    child.on('exit', (code, signal) => absent(`it ended by ${signal ?? `exit status ${code}`}`));
    child.send(placement, () => {});
  });
}

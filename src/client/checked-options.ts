import {type Priority, priorities} from '../../schemas/priority.js';
import {InferenceError} from '../errors.js';
import type {InferOptions} from './infer-request.js';

export const timeoutMsMax = 24 * 60 * 60 * 1000;
const timeoutMsDefault = 60_000;

export interface CheckedOptions {
  readonly timeoutMs: number;
  readonly priority: Priority;
  readonly signal: AbortSignal | undefined;
}

/**
 * What a run is started with, before anything of it is sent; `priority` is for requests that name
 * none. Throws INVALID_ARGUMENT.
 */
export function checkedOptions(options: InferOptions, priority: Priority): CheckedOptions {
  if (typeof options !== 'object' || options === null) {
    throw invalid('options', 'an object such as {timeoutMs: 5000}', options);
  }
  return {
    timeoutMs: checkedTimeoutMs(options),
    priority: checkedPriority(options, priority),
    signal: checkedSignal(options),
  };
}

function checkedTimeoutMs({timeoutMs = timeoutMsDefault}: InferOptions): number {
  const isTime = typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= timeoutMsMax;
  if (isTime) return timeoutMs;
  throw invalid('timeoutMs', `a time above 0 and up to ${timeoutMsMax}`, timeoutMs);
}

function checkedPriority({priority}: InferOptions, byDefault: Priority): Priority {
  if (priority === undefined) return byDefault;
  if (priorities.includes(priority)) return priority;
  throw invalid('priority', priorities.join(', '), priority);
}

/** Of another realm it may be, so it is looked at rather than asked whose it is. */
function checkedSignal({signal}: InferOptions): AbortSignal | undefined {
  if (signal === undefined) return undefined;
  const {addEventListener, removeEventListener} = Object(signal) as Partial<AbortSignal>;
  const isSignal = [addEventListener, removeEventListener].every(it => typeof it === 'function');
  if (isSignal) return signal;
  throw invalid('signal', 'an AbortSignal', signal);
}

function invalid(what: string, expected: string, given: unknown): InferenceError {
  return new InferenceError(
    'INVALID_ARGUMENT',
    `${what}: expected ${expected}, given ${String(given)}`,
  );
}

import {isDeepStrictEqual} from 'node:util';
import {type ErrorCode, InferenceError} from '../../../errors.js';

/** What was expected of a device, and what it did. */
export class BehaviourFault extends Error {
  override readonly name = 'BehaviourFault';
}

/** Throws BehaviourFault unless both are the same; `what` begins its message. */
export function expectSame(what: string, given: unknown, expected: unknown): void {
  if (isDeepStrictEqual(given, expected)) return;
  throw new BehaviourFault(`${what}: expected ${text(expected)}, given ${text(given)}`);
}

/** Rejects with BehaviourFault unless `call` throws, or its promise rejects with, this code. */
export async function expectRefused(
  what: string,
  code: ErrorCode,
  call: () => unknown,
): Promise<InferenceError> {
  let result: unknown;
  try {
    result = await call();
  } catch (thrown) {
    if (thrown instanceof InferenceError && thrown.code === code) return thrown;
    throw new BehaviourFault(`${what}: expected ${code}, given ${text(thrown)}`);
  }
  throw new BehaviourFault(`${what}: expected ${code}, given ${text(result)}`);
}

const charactersMax = 120;

function text(value: unknown): string {
  if (value instanceof InferenceError) return `${value.code}: ${value.message}`;
  if (value instanceof Error) return value.message;
  const plain = ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;
  return (JSON.stringify(plain) ?? String(value)).slice(0, charactersMax);
}

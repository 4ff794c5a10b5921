import type {WireError} from '../../schemas/errors.js';
import {InferenceError} from '../errors.js';

/** What a worker thread answers: a thrown error would lose its code on the way. */
export type Reply<Value> =
  | {readonly ok: true; readonly value: Value}
  | {readonly ok: false; readonly error: WireError};

export async function replyOf<Value>(run: () => Value | Promise<Value>): Promise<Reply<Value>> {
  try {
    return {ok: true, value: await run()};
  } catch (error) {
    return {ok: false, error: InferenceError.from(error).toWire()};
  }
}

/** The value, or throws the error as it was thrown in the worker. */
export function unwrapReply<Value>(reply: Reply<Value>): Value {
  if (reply.ok) return reply.value;
  throw InferenceError.fromWire(reply.error);
}

import type {Ask, Reply} from '../schemas/messages/ask.js';
import {InferenceError} from '../src/errors.js';
import type {SendEffect} from '../src/kernel/behaviour.js';

/** What an ask is known by, and its repeats. */
export function askKey({from, id}: Ask): string {
  return `${from}/${id}`;
}

/** The answer to an ask that went well. */
export function succeeded(ask: Ask, value: unknown): SendEffect {
  const message: Reply = {kind: 'reply', id: ask.id, ok: true, value};
  return {do: 'send', to: ask.from, message};
}

/** The answer to an ask that went wrong. */
export function refused(ask: Ask, thrown: unknown): SendEffect {
  const error = InferenceError.from(thrown).toWire();
  const message: Reply = {kind: 'reply', id: ask.id, ok: false, error};
  return {do: 'send', to: ask.from, message};
}

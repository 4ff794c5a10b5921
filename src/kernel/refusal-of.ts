import {z} from 'zod';
import {askSchema, type Reply} from '../../schemas/messages/ask.js';
import type {InferenceError} from '../errors.js';
import type {SendEffect} from './behaviour.js';

const questionSchema = z.object({ask: askSchema});

/** The answer to a message that was refused, if it is one that waits for an answer. */
export function refusalOf(message: unknown, error: InferenceError): SendEffect | undefined {
  const question = questionSchema.safeParse(message);
  if (!question.success) return undefined;
  const {from, id} = question.data.ask;
  const reply: Reply = {kind: 'reply', id, ok: false, error: error.toWire()};
  return {do: 'send', to: from, message: reply};
}

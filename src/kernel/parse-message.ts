import type {ZodType} from 'zod';
import {safelyParsed} from '../../schemas/safely-parsed.js';
import {InferenceError} from '../errors.js';

/** What was wrong names keys and values of whoever sent it, and goes to a log. */
const faultCharactersMax = 400;

/** A parser for a behaviour's public messages: what the schema refuses is an INVALID_FRAME. */
export function messageParser<T>(schema: ZodType<T>, actor: string): (message: unknown) => T {
  return message => {
    const parsed = safelyParsed(schema, message);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const where = issue?.path.join('.') || 'message';
    const fault = `${where}: ${issue?.message}`.slice(0, faultCharactersMax);
    throw new InferenceError('INVALID_FRAME', `${actor}: ${fault}`);
  };
}

import {z} from 'zod';

/**
 * What `schema.safeParse` says, and never throws: a schema that is `readonly()` freezes whatever it was
 * given, be it what it expects or not, and zod does not expect that bytes cannot be frozen.
 */
export function safelyParsed<T>(schema: z.ZodType<T>, value: unknown): z.ZodSafeParseResult<T> {
  try {
    return schema.safeParse(value);
  } catch (thrown) {
    const message = `Invalid input: ${thrown instanceof Error ? thrown.message : 'unreadable'}`;
    const error = new z.ZodError([{code: 'custom', path: [], message, input: value}]);
    return {success: false, error: error as z.ZodError<T>};
  }
}

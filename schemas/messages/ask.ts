import {z} from 'zod';
import {wireErrorSchema} from '../errors.js';

/** Part of every message that wants an answer: where to, and under which number. */
export const askSchema = z.object({from: z.string(), id: z.int().nonnegative()});
export type Ask = Readonly<z.infer<typeof askSchema>>;

/** The one answer to an ask. */
export const replySchema = z.union([
  z.object({kind: z.literal('reply'), id: z.int(), ok: z.literal(true), value: z.unknown()}),
  z.object({kind: z.literal('reply'), id: z.int(), ok: z.literal(false), error: wireErrorSchema}),
]);
export type Reply = Readonly<z.infer<typeof replySchema>>;

import {z} from 'zod';

/** A letter for each axis, each once: `NCHW`, `NHWC`, `NC`. */
export const layoutSchema = z
  .string()
  .regex(/^[A-Z]{1,8}$/, 'expected one to eight capital letters')
  .refine(layout => new Set(layout).size === layout.length, 'expected each letter once');
export type Layout = z.infer<typeof layoutSchema>;

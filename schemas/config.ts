import {z} from 'zod';

/** Config as it crosses a process boundary; `properties.ts` knows the keys. */
export const configSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export type ConfigMap = Readonly<z.infer<typeof configSchema>>;

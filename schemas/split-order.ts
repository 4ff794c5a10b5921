import {z} from 'zod';
import {configSchema} from './config.js';
import {exportedNetworkSchema} from './exported-network.js';
import {networkRefSchema} from './network-blob.js';
import {preprocessingSchema} from './preprocessing.js';
import {statePairSchema} from './state.js';

/** A network to split, and the wishes that go with it. */
export const splitOrderSchema = z.object({
  network: networkRefSchema,
  /** A device expression: `CPU`, `HETERO:WASM,CPU`. */
  device: z.string(),
  config: configSchema,
  /** Manual affinity: operation to device, all operations or none. */
  affinity: z.record(z.string(), z.string()),
  preprocessing: preprocessingSchema.nullable(),
  states: z.array(statePairSchema).readonly(),
});
export type SplitOrder = Readonly<z.infer<typeof splitOrderSchema>>;

/** An exported network to lay out again. */
export const importOrderSchema = z.object({
  exported: exportedNetworkSchema,
  /** A device expression: the exported one, or another. */
  device: z.string(),
  config: configSchema,
});
export type ImportOrder = Readonly<z.infer<typeof importOrderSchema>>;

/** What a deployment is made of. */
export const loadOrderSchema = z.union([splitOrderSchema, importOrderSchema]);
export type LoadOrder = SplitOrder | ImportOrder;

import {z} from 'zod';
import {deviceDescriptionSchema} from '../device.js';

const heartbeatSchema = z.object({
  kind: z.literal('heartbeat'),
  device: deviceDescriptionSchema,
  /** The device counts as lost when it is silent for longer. */
  leaseMs: z.number().positive(),
  /** Addresses of the stages it runs. */
  stages: z.array(z.string()).readonly(),
});

const goodbyeSchema = z.object({kind: z.literal('goodbye'), address: z.string()});

/** What the registry receives, on an address that every coordinator listens to. */
export const registryMessageSchema = z.discriminatedUnion('kind', [heartbeatSchema, goodbyeSchema]);
export type RegistryMessage = Readonly<z.infer<typeof registryMessageSchema>>;
export type Heartbeat = Readonly<z.infer<typeof heartbeatSchema>>;

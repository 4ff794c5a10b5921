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

/** From a node: its devices that will not come back by themselves. */
const givenUpSchema = z.object({
  kind: z.literal('givenUp'),
  node: z.string(),
  /** Full names. */
  devices: z.array(z.string()).max(256).readonly(),
  why: z.string(),
});

/** What the registry receives, on an address that every coordinator listens to. */
export const registryMessageSchema = z.discriminatedUnion('kind', [
  heartbeatSchema,
  goodbyeSchema,
  givenUpSchema,
]);
export type RegistryMessage = Readonly<z.infer<typeof registryMessageSchema>>;
export type GivenUp = Readonly<z.infer<typeof givenUpSchema>>;
export type Heartbeat = Readonly<z.infer<typeof heartbeatSchema>>;

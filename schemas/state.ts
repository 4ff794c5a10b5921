import {z} from 'zod';
import {tensorInfoSchema} from './tensor.js';

/**
 * A network output whose value is a network input of the next inference: the network's state. It
 * stays on the device; requests neither bring the one nor get the other.
 */
export const statePairSchema = z.object({output: z.string(), input: z.string()});
export type StatePair = Readonly<z.infer<typeof statePairSchema>>;

/** A state of an exported network. */
export const exportedStateSchema = statePairSchema.extend({
  /** Of the input. */
  info: tensorInfoSchema,
  /** What it is at first, as little-endian bytes; null where only its place is asked about. */
  initial: z
    .object({
      shape: z.array(z.int().nonnegative()).max(32).readonly(),
      bytes: z.instanceof(Uint8Array),
    })
    .nullable(),
});
export type ExportedState = Readonly<z.infer<typeof exportedStateSchema>>;

/** A pair as the stage that keeps it knows it. */
export const stageStateSchema = statePairSchema.extend({
  /** The network's input, which names the state. */
  name: z.string(),
});
export type StageState = Readonly<z.infer<typeof stageStateSchema>>;

/** What an inference goes on from. */
export const stateRefSchema = z.object({
  /** One infer request's states since they began anew; its client's own number. */
  session: z.int().nonnegative(),
  /** Inferences of the session that went well before this one. */
  step: z.int().nonnegative(),
});
export type StateRef = Readonly<z.infer<typeof stateRefSchema>>;

import {z} from 'zod';
import {countersMax} from './performance-counters.js';
import type {TensorInfo} from './tensor.js';

/** One kernel of a network as a device runs it. */
export const runtimeNodeSchema = z.object({
  /** As in the performance counters. */
  name: z.string(),
  /** The kernel: `com.microsoft.FusedConv`. */
  type: z.string(),
  /** The operations of the network whose work it does; none if the device added it. */
  originals: z.array(z.string()).readonly(),
  /** Values that it reads; constants are left out. */
  inputs: z.array(z.string()).readonly(),
  outputs: z.array(z.string()).readonly(),
  /** Of its outputs, when it last ran: `f32[1,16,8,8]`; empty before. */
  outputTypes: z.array(z.string()).readonly(),
  /** Microseconds, the mean of all inferences that were measured; null if none was. */
  execUs: z.number().nonnegative().nullable(),
});
export type RuntimeNode = Readonly<z.infer<typeof runtimeNodeSchema>>;

/** A network, or a stage of one, as its device runs it: after fusing, folding and reordering. */
export const runtimeGraphSchema = z.object({
  /** In the order in which they run. */
  nodes: z.array(runtimeNodeSchema).max(countersMax).readonly(),
});
export type RuntimeGraph = Readonly<z.infer<typeof runtimeGraphSchema>>;

/** A kernel in a runtime graph of a whole network, whose values have names of their own. */
export interface PlacedNode extends RuntimeNode {
  /** Name of the stage. */
  readonly stage: string;
  /** Qualified: `host-a/CPU`. */
  readonly device: string;
}

/** A network as its devices run it, over all stages. */
export interface RuntimeNetwork {
  readonly name: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** In an order in which they can run. */
  readonly nodes: readonly PlacedNode[];
}

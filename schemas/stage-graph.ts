import {z} from 'zod';
import {stageStateSchema} from './state.js';
import {tensorInfoSchema} from './tensor.js';

export const stageRoles = ['preprocess', 'execute', 'postprocess'] as const;
export type StageRole = (typeof stageRoles)[number];

/** Where a stage came from: compiled now, out of its node's cache, or out of an exported blob. */
export const stageOrigins = ['compiled', 'cache', 'blob'] as const;
export type StageOrigin = (typeof stageOrigins)[number];

/** One running copy of a stage. */
export const replicaSchema = z.object({
  /** Qualified: `host-a/CPU`. */
  device: z.string(),
  node: z.string(),
  address: z.string(),
  /** Inferences that it runs at the same time; left out until it is loaded. */
  slots: z.int().positive().optional(),
  origin: z.enum(stageOrigins).optional(),
});
export type Replica = Readonly<z.infer<typeof replicaSchema>>;

/** A sub-network compiled on one device. */
export const stageSchema = z.object({
  index: z.int().nonnegative(),
  role: z.enum(stageRoles),
  name: z.string(),
  /** The device as the plan names it: a short or a qualified name. */
  device: z.string(),
  /** Operations in topological order; those that only make constants may be in several stages. */
  operations: z.array(z.string()).readonly(),
  inputs: z.array(tensorInfoSchema).readonly(),
  outputs: z.array(tensorInfoSchema).readonly(),
  /** Initializers that a request may override. */
  overridable: z.array(tensorInfoSchema).readonly(),
  weightsBytes: z.number().nonnegative(),
  /** What it keeps for each infer request. */
  states: z.array(stageStateSchema).readonly().optional(),
  replicas: z.array(replicaSchema).readonly(),
});
export type Stage = Readonly<z.infer<typeof stageSchema>>;

/** One tensor from a producer (a stage's index, or the client's -1) to a consumer. */
export const edgeSchema = z.object({
  from: z.int().min(-1),
  /** Name at the producer: a network input if `from` is the client. */
  output: z.string(),
  to: z.int().min(-1),
  /** Name at the consumer: a network output if `to` is the client. */
  input: z.string(),
  /** A request may leave it out: an initializer that it may override. */
  optional: z.boolean(),
  /** Null if a dimension is known only at run time, or for strings. */
  bytes: z.number().nonnegative().nullable(),
});
export type Edge = Readonly<z.infer<typeof edgeSchema>>;

/** The client's place in edges. */
export const clientIndex = -1;

export const stageGraphSchema = z.object({
  stages: z.array(stageSchema).readonly(),
  edges: z.array(edgeSchema).readonly(),
});
export type StageGraph = Readonly<z.infer<typeof stageGraphSchema>>;

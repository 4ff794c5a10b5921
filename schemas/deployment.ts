import {z} from 'zod';
import {configSchema} from './config.js';
import {wireErrorSchema} from './errors.js';
import {loadOrderSchema} from './split-order.js';
import {replicaSchema, stageGraphSchema} from './stage-graph.js';
import {tensorInfoSchema} from './tensor.js';

/** How requests are spread over variants that are all there to be used. */
export const schedulePolicies = ['DEVICE_PRIORITY', 'ROUND_ROBIN'] as const;

/**
 * One way to run the whole network: a stage graph of its own. MULTI has one for each member, AUTO
 * one at a time; every other device has one.
 */
export const variantSchema = z.object({
  /** Its own within the deployment, over all epochs. */
  id: z.int().nonnegative(),
  /** The part of the device expression that it serves: `CPU`, `HETERO:WASM,CPU`. */
  device: z.string(),
  /** Requests that keep its devices busy: OPTIMAL_NUMBER_OF_INFER_REQUESTS. */
  requestsOptimal: z.int().positive(),
  /** Requests that one client sends through it at once; null: only its own bound counts. */
  requestsMax: z.int().positive().nullable(),
  /** Requests that its stages run as one; 1: each for itself. */
  batch: z.int().positive(),
  stageGraph: stageGraphSchema,
});
export type Variant = Readonly<z.infer<typeof variantSchema>>;

/** A loaded network: everything that a client needs to send it requests without the coordinator. */
export const deploymentSchema = z.object({
  id: z.string(),
  /** Grows whenever the variants change; an attempt stays in the variant that it began in. */
  epoch: z.int().nonnegative(),
  network: z.string(),
  device: z.string(),
  /** What it was loaded with: keys for all devices (`NUM_STREAMS`), and for some (`CPU.NUM_STREAMS`). */
  config: configSchema,
  /** What a request brings, before preprocessing. */
  inputs: z.array(tensorInfoSchema).readonly(),
  /** Initializers that a request may override. */
  overridable: z.array(tensorInfoSchema).readonly(),
  /** What a request gets, after postprocessing. */
  outputs: z.array(tensorInfoSchema).readonly(),
  /** Inputs that are states: requests need not bring them. */
  states: z.array(tensorInfoSchema).readonly(),
  /** In priority order, at least one. */
  variants: z.array(variantSchema).min(1).readonly(),
  schedule: z.enum(schedulePolicies),
  /** A request that fails in one variant is tried in another. */
  fallback: z.boolean(),
  /** More variants can be had, should these fail a request. */
  spare: z.boolean(),
  /** Why none of the variants works and no other can be had, as far as is known now. */
  lost: wireErrorSchema.nullable(),
  /** Members of the device expression that could not be used, and why. */
  excluded: z.array(z.object({device: z.string(), error: wireErrorSchema})).readonly(),
});
export type Deployment = Readonly<z.infer<typeof deploymentSchema>>;

/** A variant, and what it was made for and of. */
export const builtVariantSchema = z.object({
  variant: variantSchema,
  /** Says which wish on which devices; a wish of the same key need not be built again. */
  key: z.string(),
  /** Addresses of the devices that its stages are on. */
  devices: z.array(z.string()).readonly(),
});
export type BuiltVariant = Readonly<z.infer<typeof builtVariantSchema>>;

/** What must outlive the coordinator that made a deployment. */
export const deploymentRecordSchema = z.object({
  id: z.string(),
  order: loadOrderSchema,
  /** Null until it is loaded. */
  deployment: deploymentSchema.nullable(),
  built: z.array(builtVariantSchema).readonly(),
  /** Stages on devices: of its variants, of those being loaded, of those being retired. */
  replicas: z.array(replicaSchema).readonly(),
  /** The id of the variant that is built next. */
  nextVariant: z.int().nonnegative(),
});
export type DeploymentRecord = Readonly<z.infer<typeof deploymentRecordSchema>>;

import {z} from 'zod';
import {stageAddressPattern} from '../addresses.js';
import {compiledRefSchema, runtimeRequirementsSchema} from '../compiled-network.js';
import {configSchema} from '../config.js';
import {operationSupportSchema} from '../device.js';
import {networkRefSchema} from '../network-blob.js';
import {stageOrigins, stageRoles} from '../stage-graph.js';
import {stageStateSchema} from '../state.js';
import {tensorInfoSchema} from '../tensor.js';
import {askSchema} from './ask.js';

/** Where a stage sends what it made: to one replica out of `replicas`, which the route names. */
export const destinationSchema = z.object({
  /** A stage's index, or the client's -1 (then `replicas` is empty: the frame names the client). */
  to: z.int().min(-1),
  replicas: z.array(z.string()).readonly(),
  tensors: z.array(z.object({output: z.string(), input: z.string()})).readonly(),
});
export type Destination = Readonly<z.infer<typeof destinationSchema>>;

/** A stage replica to start on a device. */
export const stageOrderSchema = z.object({
  address: z.string().regex(stageAddressPattern),
  deployment: z.string(),
  index: z.int().nonnegative(),
  role: z.enum(stageRoles),
  name: z.string(),
  /** Null: there is only what was compiled. */
  network: networkRefSchema.nullable(),
  /** What was compiled elsewhere, to be imported where that can be. */
  compiled: compiledRefSchema.nullable(),
  config: configSchema,
  /** Requests that run as one. */
  batch: z.int().positive(),
  inputs: z.array(tensorInfoSchema).readonly(),
  overridable: z.array(tensorInfoSchema).readonly(),
  /** What it keeps for each infer request. */
  states: z.array(stageStateSchema).readonly(),
  /** It waits for one frame from each: stages by index, the client as -1. */
  sources: z.array(z.int().min(-1)).readonly(),
  destinations: z.array(destinationSchema).readonly(),
});
export type StageOrder = Readonly<z.infer<typeof stageOrderSchema>>;

const querySchema = z.object({
  kind: z.literal('query'),
  ask: askSchema,
  network: networkRefSchema,
  config: configSchema,
});
const loadSchema = z.object({kind: z.literal('load'), ask: askSchema, stage: stageOrderSchema});
const unloadSchema = z.object({
  kind: z.literal('unload'),
  ask: askSchema,
  address: z.string(),
});
const propertiesSchema = z.object({kind: z.literal('properties'), ask: askSchema});

const exportSchema = z.object({kind: z.literal('export'), ask: askSchema, address: z.string()});
const canImportSchema = z.object({
  kind: z.literal('canImport'),
  ask: askSchema,
  requirements: runtimeRequirementsSchema,
});

const measureSchema = z.object({kind: z.literal('measure'), ask: askSchema});

/** What a device receives. */
export const deviceMessageSchema = z.discriminatedUnion('kind', [
  propertiesSchema,
  querySchema,
  loadSchema,
  unloadSchema,
  exportSchema,
  canImportSchema,
  measureSchema,
]);
export type DeviceMessage = Readonly<z.infer<typeof deviceMessageSchema>>;

/** Answer to `measure`: multiplications and additions that it does in a millisecond. */
export const speedSchema = z.object({workPerMs: z.number().positive()});

/** Answer to `query`. */
export const queryAnswerSchema = z.array(operationSupportSchema).readonly();

/** Answer to `load`. */
export const loadAnswerSchema = z.object({
  slots: z.int().positive(),
  origin: z.enum(stageOrigins),
});
export type LoadAnswer = Readonly<z.infer<typeof loadAnswerSchema>>;

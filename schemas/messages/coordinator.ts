import {z} from 'zod';
import {absentDeviceSchema} from '../cluster-status.js';
import {deviceDescriptionSchema} from '../device.js';
import {importOrderSchema, splitOrderSchema} from '../split-order.js';
import {replicaSchema, stageGraphSchema} from '../stage-graph.js';
import {askSchema} from './ask.js';

const devicesSchema = z.object({kind: z.literal('devices'), ask: askSchema});
const statusSchema = z.object({kind: z.literal('status'), ask: askSchema});
const querySchema = z.object({kind: z.literal('query'), ask: askSchema, order: splitOrderSchema});
const planSchema = z.object({kind: z.literal('plan'), ask: askSchema, order: splitOrderSchema});
const loadSchema = z.object({kind: z.literal('load'), ask: askSchema, order: splitOrderSchema});
/** The replicas of each stage that is to be exported: one that is there is asked. */
const exportSchema = z.object({
  kind: z.literal('export'),
  ask: askSchema,
  stages: z.array(z.array(replicaSchema).readonly()).readonly(),
});
const importSchema = z.object({
  kind: z.literal('import'),
  ask: askSchema,
  order: importOrderSchema,
});
const releaseSchema = z.object({
  kind: z.literal('release'),
  ask: askSchema,
  deployment: z.string(),
});
/** From a client: what it still uses, and how it knows it. */
const keepSchema = z.object({
  kind: z.literal('keep'),
  client: z.string(),
  deployments: z.array(z.object({id: z.string(), epoch: z.int().nonnegative()})).readonly(),
});
/** From a client: every variant of this epoch has failed a request. */
const extendSchema = z.object({
  kind: z.literal('extend'),
  deployment: z.string(),
  epoch: z.int().nonnegative(),
});
/** From the registry beside this coordinator: who is alive now. */
const membersSchema = z.object({
  kind: z.literal('members'),
  devices: z.array(deviceDescriptionSchema).readonly(),
  /** Devices that were there and are not. */
  absent: z.array(absentDeviceSchema).readonly(),
});

/** From the registry beside it: what a device holds has changed. */
const holdsSchema = z.object({
  kind: z.literal('holds'),
  /** The device's address. */
  device: z.string(),
  stages: z.array(z.string()).readonly(),
});

/** What the coordinator receives. */
export const coordinatorMessageSchema = z.discriminatedUnion('kind', [
  devicesSchema,
  statusSchema,
  querySchema,
  planSchema,
  loadSchema,
  exportSchema,
  importSchema,
  releaseSchema,
  keepSchema,
  extendSchema,
  membersSchema,
  holdsSchema,
]);
export type CoordinatorMessage = Readonly<z.infer<typeof coordinatorMessageSchema>>;

/** Where an operation goes, or each candidate's reason why it does not run there. */
export const queryResultSchema = z.record(
  z.string(),
  z.union([
    z.object({device: z.string(), why: z.string()}),
    z.object({reasons: z.record(z.string(), z.string())}),
  ]),
);
export type QueryResult = Readonly<z.infer<typeof queryResultSchema>>;

/** Answer to `plan`: what `load` would do. */
export const planResultSchema = z.object({
  network: z.string(),
  /** Of the variant that a request would prefer. */
  stageGraph: stageGraphSchema,
  affinity: z.record(z.string(), z.object({device: z.string(), why: z.string()})),
});
export type PlanResult = Readonly<z.infer<typeof planResultSchema>>;

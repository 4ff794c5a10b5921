import {z} from 'zod';
import {configSchema} from '../config.js';
import {deviceDescriptionSchema} from '../device.js';
import {networkRefSchema} from '../network-blob.js';
import {preprocessingSchema} from '../preprocessing.js';
import {stageGraphSchema} from '../stage-graph.js';
import {askSchema} from './ask.js';

/** A network to split, and the wishes that go with it. */
export const splitOrderSchema = z.object({
  network: networkRefSchema,
  /** A device expression: `CPU`, `HETERO:WASM,CPU`. */
  device: z.string(),
  config: configSchema,
  /** Manual affinity: operation to device, all operations or none. */
  affinity: z.record(z.string(), z.string()),
  preprocessing: preprocessingSchema.nullable(),
});
export type SplitOrder = Readonly<z.infer<typeof splitOrderSchema>>;

const devicesSchema = z.object({kind: z.literal('devices'), ask: askSchema});
const querySchema = z.object({kind: z.literal('query'), ask: askSchema, order: splitOrderSchema});
const planSchema = z.object({kind: z.literal('plan'), ask: askSchema, order: splitOrderSchema});
const loadSchema = z.object({kind: z.literal('load'), ask: askSchema, order: splitOrderSchema});
const releaseSchema = z.object({
  kind: z.literal('release'),
  ask: askSchema,
  deployment: z.string(),
});
const keepSchema = z.object({kind: z.literal('keep'), deployments: z.array(z.string()).readonly()});
/** From the registry beside this coordinator: who is alive now. */
const membersSchema = z.object({
  kind: z.literal('members'),
  devices: z.array(deviceDescriptionSchema).readonly(),
});

/** What the coordinator receives. */
export const coordinatorMessageSchema = z.discriminatedUnion('kind', [
  devicesSchema,
  querySchema,
  planSchema,
  loadSchema,
  releaseSchema,
  keepSchema,
  membersSchema,
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
  stageGraph: stageGraphSchema,
  affinity: z.record(z.string(), z.object({device: z.string(), why: z.string()})),
});
export type PlanResult = Readonly<z.infer<typeof planResultSchema>>;

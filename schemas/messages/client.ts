import {z} from 'zod';
import {deploymentSchema} from '../deployment.js';
import {wireErrorSchema} from '../errors.js';
import {stageCountersSchema} from '../performance-counters.js';
import {replySchema} from './ask.js';
import {stageTimingSchema} from './stage.js';

const attemptFields = {
  request: z.int().nonnegative(),
  attempt: z.int().nonnegative(),
  stage: z.int().nonnegative(),
};

const outputSchema = z.object({
  kind: z.literal('output'),
  ...attemptFields,
  /** Of this stage and of those before it on the way. */
  timings: z.array(stageTimingSchema).readonly(),
  /** Requests that wait or run at the stage now. */
  load: z.int().nonnegative(),
  /** Of this stage alone, if the request is to be measured. */
  counters: stageCountersSchema.optional(),
});

const failedSchema = z.object({
  kind: z.literal('failed'),
  ...attemptFields,
  error: wireErrorSchema,
});

/** From the coordinator: a deployment as it is from now on. */
const deploymentChangedSchema = z.object({
  kind: z.literal('deployment'),
  deployment: deploymentSchema,
});

/** From the coordinator that leads: it does not know a deployment that the client keeps. */
const forgottenSchema = z.object({kind: z.literal('forgotten'), deployment: z.string()});

/** What a client session receives. */
export const clientMessageSchema = z.union([
  outputSchema,
  failedSchema,
  deploymentChangedSchema,
  forgottenSchema,
  replySchema,
]);
export type ClientMessage = Readonly<z.infer<typeof clientMessageSchema>>;
export type Output = Readonly<z.infer<typeof outputSchema>>;
export type Failed = Readonly<z.infer<typeof failedSchema>>;

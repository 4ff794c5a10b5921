import {z} from 'zod';
import {defaultPriority, priorities} from '../priority.js';
import {stateRefSchema} from '../state.js';
import {traceContextSchema} from '../trace-context.js';
import {askSchema} from './ask.js';

/** What one stage spent on one request, in microseconds of its own clock. */
export const stageTimingSchema = z.object({
  stage: z.int().nonnegative(),
  /** From the last input's arrival to the start of the kernel. */
  queueUs: z.number().nonnegative(),
  /** Inside the kernel. */
  executeUs: z.number().nonnegative(),
  /** From the start to the end of the kernel as its actor saw it; the rest is the hand-over. */
  runUs: z.number().nonnegative(),
  /** Its host makes a span of this, in the request's trace: nobody else needs to. */
  traced: z.boolean().optional(),
});
export type StageTiming = Readonly<z.infer<typeof stageTimingSchema>>;

/** Where a request is answered: `client.` and letters and digits. */
const clientField = {client: z.string().regex(/^client\.([0-9A-Za-z-]+\.)?[0-9A-Za-z]+$/)};

/** Names one try of one request; the key of everything that is kept for it. */
const attemptFields = {
  ...clientField,
  request: z.int().nonnegative(),
  attempt: z.int().nonnegative(),
};

const inferSchema = z.object({
  kind: z.literal('infer'),
  ...attemptFields,
  /** Who sends: a stage's index, or the client's -1. */
  source: z.int().min(-1),
  /** For every stage, which replica serves this attempt. */
  route: z.array(z.int().nonnegative()).readonly(),
  /** Time left. Not a point in time: hosts' clocks differ. */
  remainingMs: z.number(),
  /** Of what waits at a stage, the higher goes first. */
  priority: z.enum(priorities).default(defaultPriority),
  /** Every stage tells the client what it spent on this request, and what on. */
  profile: z.boolean(),
  timings: z.array(stageTimingSchema).readonly(),
  /** Of a network with states: those that it goes on from. */
  state: stateRefSchema.optional(),
  /** If its client traces it. What is none is left out: no request fails for its trace. */
  trace: traceContextSchema.optional().catch(undefined),
});
export type Infer = Readonly<z.infer<typeof inferSchema>>;

const cancelSchema = z.object({kind: z.literal('cancel'), ...attemptFields});
/** Asks for the states before an inference; answered as one is, by an output. */
const readStateSchema = z.object({
  kind: z.literal('readState'),
  ...attemptFields,
  state: stateRefSchema,
});
/** What is kept for an infer request is wanted no more. */
const forgetStateSchema = z.object({
  kind: z.literal('forgetState'),
  ...clientField,
  session: z.int().nonnegative(),
});
const runtimeGraphSchema = z.object({kind: z.literal('runtimeGraph'), ask: askSchema});
/** What may be changed while it runs; nothing where requests are not batched. */
const configureSchema = z.object({
  kind: z.literal('configure'),
  ask: askSchema,
  /** AUTO_BATCH_TIMEOUT. */
  batchTimeoutMs: z.int().min(0).max(60_000),
});
const statsSchema = z.object({kind: z.literal('stats'), ask: askSchema});

/** What a preprocess, execute or postprocess actor receives. */
export const stageMessageSchema = z.discriminatedUnion('kind', [
  inferSchema,
  cancelSchema,
  readStateSchema,
  forgetStateSchema,
  runtimeGraphSchema,
  configureSchema,
  statsSchema,
]);
export type ReadState = Readonly<z.infer<typeof readStateSchema>>;
export type StageMessage = Readonly<z.infer<typeof stageMessageSchema>>;

/** Answer to `stats`: but for `load`, counts since the stage started, and times as sums. */
export const stageStatsSchema = z.object({
  /** Requests that gather, wait or run now. */
  load: z.int().nonnegative(),
  executed: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  cancelled: z.int().nonnegative(),
  expired: z.int().nonnegative(),
  refused: z.int().nonnegative(),
  queueUs: z.number().nonnegative(),
  executeUs: z.number().nonnegative(),
  runUs: z.number().nonnegative(),
});
export type StageStats = Readonly<z.infer<typeof stageStatsSchema>>;

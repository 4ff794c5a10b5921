import {z} from 'zod';

/** The stages of an infer request inside a plugin, in their order. */
export const pipelineStages = [
  'inferPreprocess',
  'startPipeline',
  'waitPipeline',
  'inferPostprocess',
] as const;
export type PipelineStage = (typeof pipelineStages)[number];

/** Operations of which one stage tells a request; of a larger stage, the first so many. */
export const countersMax = 16_384;

const microseconds = z.number().nonnegative();

/** What one operation did in one inference: the Inference Engine's ProfilingInfo. */
export const operationCounterSchema = z.object({
  /** Of an operation of the network; or the device's own, for a kernel that it added. */
  name: z.string(),
  /**
   * `EXECUTED`: by a kernel. `OPTIMIZED_OUT`: fused into another operation, folded into a constant or
   * without effect. `NOT_RUN`: it has a kernel that had nothing to do in this inference.
   */
  status: z.enum(['NOT_RUN', 'OPTIMIZED_OUT', 'EXECUTED']),
  realUs: microseconds,
  /** The same as `realUs` where a device does not measure it apart. */
  cpuUs: microseconds,
  /** The kernel: `FusedConv`; empty without one. */
  execType: z.string(),
  /** The operation's type in the network: `Conv`; empty for a kernel that the device added. */
  nodeType: z.string(),
  /** Other operations of the network whose work the kernel does too. */
  fused: z.array(z.string()).readonly(),
  /** Of what it made: `f32[1,16,8,8]`. */
  outputTypes: z.array(z.string()).readonly(),
});
export type OperationCounter = Readonly<z.infer<typeof operationCounterSchema>>;

const pipelineSchema = z.object({
  inferPreprocess: microseconds.optional(),
  startPipeline: microseconds.optional(),
  waitPipeline: microseconds.optional(),
  inferPostprocess: microseconds.optional(),
});
export type PipelineTimes = Readonly<z.infer<typeof pipelineSchema>>;

/** What a device measured in one inference. */
export const inferenceCountersSchema = z.object({
  /** Of each pipeline stage in the plugin; without what measuring took. */
  pipelineUs: pipelineSchema.readonly(),
  /** What measuring took by itself, and what no inference takes that is not measured. */
  measuringUs: microseconds,
  operations: z.array(operationCounterSchema).max(countersMax).readonly(),
});
export type InferenceCounters = Readonly<z.infer<typeof inferenceCountersSchema>>;

/** What one stage spent on one request, in microseconds of its own clock, and what on. */
export const stageCountersSchema = inferenceCountersSchema.extend({
  stage: z.int().nonnegative(),
  name: z.string(),
  /** Qualified: `host-a/CPU`. */
  device: z.string(),
  /** From the last input's arrival to the start of the kernel. */
  queueUs: microseconds,
  /** Between the stage's actor and its kernel, to and fro. */
  transferUs: microseconds,
  /** Inside the kernel. */
  executeUs: microseconds,
});
export type StageCounters = Readonly<z.infer<typeof stageCountersSchema>>;

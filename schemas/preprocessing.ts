import {z} from 'zod';
import {elementTypes} from './element-type.js';
import {dimensionSchema} from './tensor.js';

/** A letter for each axis, each once: `NCHW`, `NHWC`, `NC`. */
export const layoutSchema = z
  .string()
  .regex(/^[A-Z]{1,8}$/, 'expected one to eight capital letters')
  .refine(layout => new Set(layout).size === layout.length, 'expected each letter once');
export type Layout = z.infer<typeof layoutSchema>;

const axisSchema = z.int().min(-8).max(7);
const pixelsSchema = z.int().nonnegative().max(65_536);
const sizeSchema = z.int().positive().max(65_536);
const perChannelSchema = z.union([z.number(), z.array(z.number()).min(1).max(65_536).readonly()]);

/** Converts elements as ONNX's Cast does: fractions are cut off. */
const convertElementTypeSchema = z.strictObject({
  kind: z.literal('convertElementType'),
  type: z.enum(elementTypes).exclude(['string']),
});

/** Subtracts one number, or one for each channel. Floating-point elements only. */
const meanSchema = z.strictObject({kind: z.literal('mean'), values: perChannelSchema});

/** Divides by one number, or by one for each channel. Floating-point elements only. */
const scaleSchema = z.strictObject({
  kind: z.literal('scale'),
  values: perChannelSchema.refine(values => ![values].flat().includes(0), 'expected no zero'),
});

/** Moves the axes to another order of the same letters, or by an explicit permutation. */
const convertLayoutSchema = z.strictObject({
  kind: z.literal('convertLayout'),
  to: z.union([layoutSchema, z.array(z.int().min(0).max(7)).min(1).max(8).readonly()]),
});

/** RGB to BGR and back: the elements of the axis C in opposite order. */
const reverseChannelsSchema = z.strictObject({kind: z.literal('reverseChannels')});

/**
 * Resizes along the axes H and W; to what the steps after it and the network need where no size is
 * given. Cubic: floating-point elements only.
 */
const resizeSchema = z.strictObject({
  kind: z.literal('resize'),
  mode: z.enum(['linear', 'nearest', 'cubic']),
  height: sizeSchema.optional(),
  width: sizeSchema.optional(),
});

/** Keeps a window of `height` x `width` along the axes H and W. */
const cropSchema = z.strictObject({
  kind: z.literal('crop'),
  top: pixelsSchema,
  left: pixelsSchema,
  height: sizeSchema,
  width: sizeSchema,
});

/** Adds a border of `value` (0) along the axes H and W. */
const padSchema = z.strictObject({
  kind: z.literal('pad'),
  top: pixelsSchema,
  bottom: pixelsSchema,
  left: pixelsSchema,
  right: pixelsSchema,
  value: z.number().optional(),
});

/** Exponentials that add up to one along `axis`; negative axes count from the last. */
const softmaxSchema = z.strictObject({kind: z.literal('softmax'), axis: axisSchema});

/** One step of pre- or postprocessing. Steps run in the order in which they are listed. */
export const processingStepSchema = z.discriminatedUnion('kind', [
  convertElementTypeSchema,
  meanSchema,
  scaleSchema,
  convertLayoutSchema,
  reverseChannelsSchema,
  resizeSchema,
  cropSchema,
  padSchema,
  softmaxSchema,
]);
export type ProcessingStep = Readonly<z.infer<typeof processingStepSchema>>;

const stepsSchema = z.array(processingStepSchema).max(64).readonly();

/** From what the client sends to what the network takes. */
export const inputPreprocessingSchema = z.strictObject({
  /** What the client sends; the network's own element type if left out. */
  type: z.enum(elementTypes).exclude(['string']).optional(),
  /** What the client sends; made from the network's shape, back through the steps, if left out. */
  shape: z.array(dimensionSchema).max(8).readonly().optional(),
  /** Of what the client sends; steps that work on channels or on pixels need it. */
  layout: layoutSchema.optional(),
  steps: stepsSchema,
});
export type InputPreprocessing = Readonly<z.infer<typeof inputPreprocessingSchema>>;

/** From what the network gives to what the client gets. */
export const outputPostprocessingSchema = z.strictObject({
  /** Of what the network gives. */
  layout: layoutSchema.optional(),
  steps: stepsSchema,
});
export type OutputPostprocessing = Readonly<z.infer<typeof outputPostprocessingSchema>>;

/** By names of network inputs and outputs; what is not named passes as it is. */
export const preprocessingSchema = z.strictObject({
  inputs: z.record(z.string(), inputPreprocessingSchema).default({}),
  outputs: z.record(z.string(), outputPostprocessingSchema).default({}),
});
export type Preprocessing = Readonly<z.infer<typeof preprocessingSchema>>;

import {z} from 'zod';
import {elementTypes} from './element-type.js';
import {layoutSchema} from './layout.js';
import {dimensionSchema} from './tensor.js';

const numericSchema = z.enum(elementTypes).exclude(['string']);
const axisSchema = z.int().min(-8).max(7);
const pixelsSchema = z.int().nonnegative().max(65_536);
const sizeSchema = z.int().positive().max(65_536);
const perChannelSchema = z.union([z.number(), z.array(z.number()).min(1).max(65_536).readonly()]);
/** One number for each axis. */
const perAxisSchema = z
  .array(
    z
      .int()
      .min(-(2 ** 31))
      .max(2 ** 31 - 1),
  )
  .min(1)
  .max(8)
  .readonly();

/**
 * How pixels are held: which channels, in which order, or which planes. RGBX and BGRX have a fourth
 * channel that is ignored. NV12 and I420 hold luma at full and chroma at half resolution, in one
 * tensor or in one for each plane.
 */
export const colorFormats = [
  'RGB',
  'BGR',
  'RGBX',
  'BGRX',
  'GRAY',
  'NV12_SINGLE_PLANE',
  'NV12_TWO_PLANES',
  'I420_SINGLE_PLANE',
  'I420_THREE_PLANES',
] as const;
export type ColorFormat = (typeof colorFormats)[number];

/**
 * Converts elements, to what the network takes if no type is given. Fractions are cut off, numbers
 * outside the range of a type of whole numbers become its nearest.
 */
const convertElementTypeSchema = z.strictObject({
  kind: z.literal('convertElementType'),
  type: numericSchema.optional(),
});

/** Subtracts one number, or one for each channel. Floating-point elements only. */
const meanSchema = z.strictObject({kind: z.literal('mean'), values: perChannelSchema});

/** Divides by one number, or by one for each channel. Floating-point elements only. */
const scaleSchema = z.strictObject({
  kind: z.literal('scale'),
  values: perChannelSchema.refine(values => ![values].flat().includes(0), 'expected no zero'),
});

/**
 * Moves the axes to another order of the same letters, or by an explicit permutation; to the
 * declared layout of the network if none is given.
 */
const convertLayoutSchema = z.strictObject({
  kind: z.literal('convertLayout'),
  to: z.union([layoutSchema, z.array(z.int().min(0).max(7)).min(1).max(8).readonly()]).optional(),
});

/** Makes RGB, BGR or GRAY of the declared colour format. */
const convertColorSchema = z.strictObject({
  kind: z.literal('convertColor'),
  to: z.enum(colorFormats).extract(['RGB', 'BGR', 'GRAY']),
});

/** RGB to BGR and back: the elements of the axis C in opposite order. */
const reverseChannelsSchema = z.strictObject({kind: z.literal('reverseChannels')});

/**
 * Resizes along the axes H and W; to what the steps after it and the network need where no size is
 * given. `antialias`: what shrinks is smoothed, as Pillow does; not with `nearest`.
 */
const resizeSchema = z
  .strictObject({
    kind: z.literal('resize'),
    mode: z.enum(['linear', 'nearest', 'cubic']),
    height: sizeSchema.optional(),
    width: sizeSchema.optional(),
    antialias: z.boolean().optional(),
  })
  .refine(
    ({mode, antialias}) => mode !== 'nearest' || antialias !== true,
    'expected no antialias with nearest',
  );

/**
 * Keeps a window: of `height` x `width` along the axes H and W, or from `begin` up to, not including,
 * `end` along every axis. Negative numbers count from the end of an axis.
 */
const cropSchema = z
  .strictObject({
    kind: z.literal('crop'),
    top: pixelsSchema.optional(),
    left: pixelsSchema.optional(),
    height: sizeSchema.optional(),
    width: sizeSchema.optional(),
    begin: perAxisSchema.optional(),
    end: perAxisSchema.optional(),
  })
  .refine(
    isOneOf(['top', 'left', 'height', 'width'], ['begin', 'end']),
    'expected either top, left, height and width, or begin and end',
  );

export const padModes = ['constant', 'edge', 'reflect', 'symmetric'] as const;

/**
 * Adds a border along the axes H and W, or `begin` elements before and `end` behind along every
 * axis: of `value` (0), which may be one for each channel, of the outermost elements (`edge`), or of
 * the elements mirrored there, without the outermost (`reflect`) or with it (`symmetric`).
 */
const padSchema = z
  .strictObject({
    kind: z.literal('pad'),
    top: pixelsSchema.optional(),
    bottom: pixelsSchema.optional(),
    left: pixelsSchema.optional(),
    right: pixelsSchema.optional(),
    begin: z.array(pixelsSchema).min(1).max(8).readonly().optional(),
    end: z.array(pixelsSchema).min(1).max(8).readonly().optional(),
    mode: z.enum(padModes).optional(),
    value: z.union([z.number(), z.array(z.number()).min(1).max(64).readonly()]).optional(),
  })
  .refine(
    isOneOf(['top', 'bottom', 'left', 'right'], ['begin', 'end']),
    'expected either top, bottom, left and right, or begin and end',
  )
  .refine(
    ({mode, value}) => value === undefined || (mode ?? 'constant') === 'constant',
    'expected no value in another mode than constant',
  );

/** Exponentials that add up to one along `axis`; negative axes count from the last. */
const softmaxSchema = z.strictObject({kind: z.literal('softmax'), axis: axisSchema});

/** Bytes of all networks that are steps of one load: they travel inside messages. */
export const customBytesMax = 8 * 2 ** 20;

/** An ONNX network of one input and one output. */
const customSchema = z.strictObject({
  kind: z.literal('custom'),
  /** A ModelProto with its weights inside. */
  model: z.custom<Uint8Array>(
    bytes => bytes instanceof Uint8Array,
    'expected the bytes of an ONNX network',
  ),
  /** Of what it gives; as before if left out and the rank stays. */
  layout: layoutSchema.optional(),
});

/** One step of pre- or postprocessing. Steps run in the order in which they are listed. */
export const processingStepSchema = z.discriminatedUnion('kind', [
  convertElementTypeSchema,
  meanSchema,
  scaleSchema,
  convertLayoutSchema,
  convertColorSchema,
  reverseChannelsSchema,
  resizeSchema,
  cropSchema,
  padSchema,
  softmaxSchema,
  customSchema,
]);
export type ProcessingStep = Readonly<z.infer<typeof processingStepSchema>>;

const stepsSchema = z.array(processingStepSchema).max(64).readonly();

/** Height and width of an image, in pixels; `dynamic`: each request may bring another size. */
const spatialSchema = z.union([
  z.literal('dynamic'),
  z.strictObject({height: sizeSchema, width: sizeSchema}),
]);

/** From what the client sends to what the network takes. */
export const inputPreprocessingSchema = z
  .strictObject({
    /** What the client sends; the network's own element type if left out. */
    type: numericSchema.optional(),
    /** What the client sends; made from the network's shape, back through the steps, if left out. */
    shape: z.array(dimensionSchema).max(8).readonly().optional(),
    /** Of the image that the client sends, whatever else its shape is. */
    spatial: spatialSchema.optional(),
    /** Of what the client sends; steps that work on channels or on pixels need it. */
    layout: layoutSchema.optional(),
    /** Of what the client sends; its layout is NHWC if none is given. */
    color: z.enum(colorFormats).optional(),
    /** Of what the network takes: the axes are moved there after the steps. */
    networkLayout: layoutSchema.optional(),
    steps: stepsSchema,
  })
  .refine(
    ({shape, spatial}) => shape === undefined || spatial === undefined,
    'expected a shape or a spatial shape, given both',
  );
export type InputPreprocessing = Readonly<z.infer<typeof inputPreprocessingSchema>>;

/** From what the network gives to what the client gets. */
export const outputPostprocessingSchema = z.strictObject({
  /** Of what the network gives. */
  layout: layoutSchema.optional(),
  /** What the client gets: elements are converted after the steps. */
  type: numericSchema.optional(),
  /** What the client gets: the axes are moved there after the steps. */
  tensorLayout: layoutSchema.optional(),
  steps: stepsSchema,
});
export type OutputPostprocessing = Readonly<z.infer<typeof outputPostprocessingSchema>>;

/** By names of network inputs and outputs; what is not named passes as it is. */
export const preprocessingSchema = z
  .strictObject({
    inputs: z.record(z.string(), inputPreprocessingSchema).default({}),
    outputs: z.record(z.string(), outputPostprocessingSchema).default({}),
  })
  .refine(
    ({inputs, outputs}) => customBytes([inputs, outputs]) <= customBytesMax,
    `expected at most ${customBytesMax} bytes of custom networks`,
  );
export type Preprocessing = Readonly<z.infer<typeof preprocessingSchema>>;

/** Whether all fields of one group are given and none of the other. */
function isOneOf(one: readonly string[], other: readonly string[]) {
  return (step: Readonly<Record<string, unknown>>): boolean => {
    const given = (group: readonly string[]) =>
      group.filter(name => step[name] !== undefined).length;
    const [first, second] = [given(one), given(other)];
    return (first === one.length && second === 0) || (first === 0 && second === other.length);
  };
}

type Declarations = Readonly<Record<string, {readonly steps: readonly ProcessingStep[]}>>;

function customBytes(groups: readonly Declarations[]): number {
  const steps = groups.flatMap(group => Object.values(group).flatMap(({steps}) => steps));
  return steps.reduce((sum, step) => sum + (step.kind === 'custom' ? step.model.length : 0), 0);
}

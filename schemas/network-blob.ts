import {z} from 'zod';

export const blobRefSchema = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().nonnegative(),
});

/**
 * A network, whole or a stage of one, as it lies in the bulk store: the serialised ModelProto and,
 * where weights are kept outside it, one file that every external tensor of the model names
 * `weightsLocation`.
 */
export const networkRefSchema = z.object({
  model: blobRefSchema,
  weights: blobRefSchema.nullable(),
});
export type NetworkRef = Readonly<z.infer<typeof networkRefSchema>>;

/** The location that external tensors of a stored model name. */
export const weightsLocation = 'weights.bin';

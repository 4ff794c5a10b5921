import {z} from 'zod';
import {type ElementData, type ElementType, elementTypes} from './element-type.js';
import {layoutSchema} from './layout.js';

/** A tensor's values: row-major elements and their shape (no dimensions for a scalar). */
export interface TensorData<T extends ElementType = ElementType> {
  readonly type: T;
  readonly shape: readonly number[];
  readonly data: ElementData[T];
}

/** Tensors by name, in the order they were added. */
export type NamedTensors = ReadonlyMap<string, TensorData>;

/** A dimension: its size, or the name of one that is known only at run time (`'?'` if nameless). */
export const dimensionSchema = z.union([z.int().nonnegative(), z.string()]);
export type Dimension = z.infer<typeof dimensionSchema>;

/** What is known of a tensor before it has values. `shape` null: not even its rank is known. */
export const tensorInfoSchema = z.object({
  name: z.string(),
  type: z.enum(elementTypes),
  shape: z.array(dimensionSchema).readonly().nullable(),
  /** Where it is declared. */
  layout: layoutSchema.optional(),
});
export type TensorInfo = Readonly<z.infer<typeof tensorInfoSchema>>;

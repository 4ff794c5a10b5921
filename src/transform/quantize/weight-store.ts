import {elementTypeOfOnnx} from '../../../schemas/element-type.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {readTensor, tensorProto} from '../../network/tensor-proto.js';
import type {GraphEditor} from '../graph-editor.js';
import {type QuantizedWeights, quantizeWeights} from './quantize-weights.js';

export interface WeightStoreOptions {
  /** A scale for each channel of weights, or one for all. */
  readonly perChannel: boolean;
  /** Steps on each side of zero, at most 127. */
  readonly stepsMax: number;
}

/** The weights of a network as they are quantised; what several operations share is made once. */
export class WeightStore {
  readonly #editor: GraphEditor;
  readonly #options: WeightStoreOptions;
  readonly #quantized = new Map<string, QuantizedWeights | string>();
  readonly #initializers = new Map<string, string>();

  constructor(editor: GraphEditor, options: WeightStoreOptions) {
    this.#editor = editor;
    this.#options = options;
  }

  /** The weights named `value`, or why they cannot be quantised. `axis` is that of their channels. */
  quantized(value: string, axisOf: (rank: number) => number): QuantizedWeights | string {
    const tensor = this.#editor.constant(value);
    if (tensor === undefined) return this.#whyNotConstant(value);
    const type = elementTypeOfOnnx(tensor.dataType);
    if (type !== 'f32')
      return `its weights ${value} are ${type ?? 'of a type unknown here'}, not f32`;
    const rank = tensor.dims.length;
    if (rank < 2) return `its weights ${value} are of rank ${rank}, not 2 or more`;
    const {perChannel, stepsMax} = this.#options;
    const axis = perChannel ? axisOf(rank) : undefined;
    const key = JSON.stringify([value, axis ?? null]);
    const known = this.#quantized.get(key);
    if (known !== undefined) return known;
    const made = quantizeWeights(value, readTensor(tensor), {axis, stepsMax});
    this.#quantized.set(key, made);
    return made;
  }

  /** The name of an initializer of this content, the same for the same `name`. */
  initializer(name: string, content: () => TensorData): string {
    const known = this.#initializers.get(name);
    if (known !== undefined) return known;
    const made = this.#editor.initializer(name, tensorProto('', content()));
    this.#initializers.set(name, made);
    return made;
  }

  /** Scales with `ones` dimensions of 1 behind them, so that they broadcast along their channels. */
  scales({value, scales, axis}: QuantizedWeights, ones = 0): string {
    const shape = axis === undefined ? [] : [scales.length, ...new Array<number>(ones).fill(1)];
    const name = [value, 'scale', ...shape.slice(1).map(() => 1), ...along(axis)].join('/');
    return this.initializer(name, () => ({type: 'f32', shape, data: scales}));
  }

  /** The weights as int8. */
  numbers({value, data, shape, axis}: QuantizedWeights): string {
    return this.initializer([value, 'int8', ...along(axis)].join('/'), () => ({
      type: 'i8',
      shape,
      data,
    }));
  }

  #whyNotConstant(value: string): string {
    if (value === '') return 'it has no weights';
    if (!this.#editor.isInitializer(value))
      return `it computes with ${value}, which is no constant`;
    return `its weights ${value} lie outside the file, or a request may override them`;
  }
}

/** How names tell weights apart that are quantised along different axes. */
export function along(axis: number | undefined): readonly number[] {
  return axis === undefined ? [] : [axis];
}

import type {ElementType, NumericType} from '../../../schemas/element-type.js';
import type {Dimension, NamedTensors, TensorData, TensorInfo} from '../../../schemas/tensor.js';
import {InferenceError} from '../../errors.js';
import type {Network, OutputInfo} from '../../network/network.js';
import type {CompiledNetwork} from './compiled-network.js';
import {newElements} from './elements.js';
import type {ValueTypes} from './map-node.js';
import {sizeOf} from './shapes.js';

/**
 * What is known of a network's outputs. Where the file does not tell a shape it is found by running:
 * twice, on zeros, with two sizes for each dimension that has none; a dimension of an output that
 * comes out as the sizes of a named one is that one.
 */
export function outputInfos(
  network: Network,
  types: ValueTypes,
  compiled: CompiledNetwork,
): readonly TensorInfo[] {
  const {outputs} = network;
  const told = outputs.every(({shape}) => shape !== null);
  const trials = told ? [] : [0, 1].map(round => trial(network.inputs, compiled, round));
  return outputs.map(output => ({
    name: output.name,
    type: output.type ?? typeOf(output.name, types),
    shape: output.shape ?? foundShape(output, trials),
  }));
}

function typeOf(name: string, types: ValueTypes): ElementType {
  const type = types.get(name);
  if (type !== undefined) return type;
  throw new InferenceError('COMPILE_FAILED', `output ${name}: its element type is not known`);
}

interface Trial {
  /** The size that was chosen for each named dimension. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly outputs: NamedTensors;
}

/** Undefined if the network does not run on zeros of such shapes, or takes a tensor of any rank. */
function trial(
  inputs: readonly TensorInfo[],
  compiled: CompiledNetwork,
  round: number,
): Trial | undefined {
  const sizes = new Map<string, number>();
  const sizeFor = (dimension: Dimension): number => {
    if (typeof dimension === 'number') return dimension;
    const size = sizes.get(dimension) ?? 2 + 2 * sizes.size + round;
    sizes.set(dimension, size);
    return size;
  };
  const tensors = new Map<string, TensorData>();
  for (const {name, type, shape} of inputs) {
    if (shape === null) return undefined;
    tensors.set(name, zeros(type, shape.map(sizeFor)));
  }
  try {
    return {sizes, outputs: compiled.run(tensors)};
  } catch {
    return undefined;
  }
}

function zeros(type: ElementType, shape: readonly number[]): TensorData {
  const size = sizeOf(shape);
  if (type === 'string') return {type, shape, data: new Array<string>(size).fill('')};
  return {type, shape, data: newElements(type as NumericType, size)};
}

function foundShape(
  {name}: OutputInfo,
  [first, second]: readonly (Trial | undefined)[],
): readonly Dimension[] | null {
  const [one, other] = [first?.outputs.get(name)?.shape, second?.outputs.get(name)?.shape];
  if (one === undefined || other === undefined || one.length !== other.length) return null;
  return one.map((size, axis) => {
    if (size === other[axis]) return size;
    const names = [...(first?.sizes.keys() ?? [])];
    const named = names.find(
      each => first?.sizes.get(each) === size && second?.sizes.get(each) === other[axis],
    );
    return named ?? '?';
  });
}

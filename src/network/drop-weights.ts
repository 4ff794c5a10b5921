import type {GraphProto, SparseTensorProto, TensorProto} from './generated/onnx_pb.js';
import {constantTensor, type LiftedWeight, liftBodyWeights} from './lift-body-weights.js';
import {tensorTypeOfOnnx, valueInfoProto} from './value-types.js';
import {withFields} from './with-fields.js';

type IsHeavy = (tensor: TensorProto) => boolean;

/**
 * The graph with its heavy tensors turned into required inputs of their types and shapes:
 * initializers, `Constant` nodes, and those of bodies, which then read them from outside.
 */
export function dropWeights(graph: GraphProto, isHeavy: IsHeavy): GraphProto {
  const constants = graph.node.map(node => heavyConstant(constantTensor(node), isHeavy));
  const rest = graph.node.filter((_, index) => constants[index] === undefined);
  const {nodes, lifted} = liftBodyWeights(withFields(graph, {node: rest}), isHeavy);
  const isHeavySparse = ({values, indices}: SparseTensorProto) =>
    [values, indices].some(tensor => tensor !== undefined && isHeavy(tensor));
  const dropped = [
    ...graph.initializer.filter(isHeavy).map(inputLike),
    ...graph.sparseInitializer.filter(isHeavySparse).map(sparseInputLike),
    ...[...constants.filter(constant => constant !== undefined), ...lifted].map(({name, tensor}) =>
      inputOf(name, tensor.dataType, tensor.dims),
    ),
  ];
  const names = new Set(dropped.map(input => input.name));
  return withFields(graph, {
    node: [...nodes],
    initializer: graph.initializer.filter(tensor => !isHeavy(tensor)),
    sparseInitializer: graph.sparseInitializer.filter(sparse => !isHeavySparse(sparse)),
    input: [...graph.input.filter(({name}) => !names.has(name)), ...dropped],
  });
}

function heavyConstant(constant: LiftedWeight | undefined, isHeavy: IsHeavy) {
  return constant !== undefined && isHeavy(constant.tensor) ? constant : undefined;
}

/** The required input that an initializer becomes. */
export function inputLike({name, dataType, dims}: TensorProto) {
  return inputOf(name, dataType, dims);
}

/** A sparse initializer reads as a dense value. */
function sparseInputLike({values, dims}: SparseTensorProto) {
  return inputOf(values?.name ?? '', values?.dataType ?? 0, dims);
}

function inputOf(name: string, dataType: number, dims: readonly bigint[]) {
  return valueInfoProto(name, tensorTypeOfOnnx(dataType, dims.map(Number)));
}

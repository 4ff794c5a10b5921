import {elementLayouts} from '../../schemas/element-type.js';
import type {NetworkGraph, Operation} from '../../schemas/network-graph.js';
import {bytesOfOne} from './bytes-of-one.js';

/**
 * An estimate of each operation's work for one request, in multiplications and additions: for
 * convolutions and matrix products as many as they do, taken from the sizes of result and weights;
 * for others one for each element that they read or make. Dimensions that are not known count as 1.
 */
export function operationWork(graph: NetworkGraph): ReadonlyMap<string, number> {
  return new Map(graph.operations.map(operation => [operation.name, workOf(graph, operation)]));
}

const convolutions = /(^|\.)(Conv|ConvInteger|QLinearConv|FusedConv)$/;
const products = /(^|\.)(MatMul|Gemm|MatMulInteger|QLinearMatMul|FusedMatMul)$/;

function workOf(graph: NetworkGraph, {type, inputs, outputs}: Operation): number {
  const made = outputs.reduce((sum, name) => sum + elementsOf(graph, name), 0);
  const [result = ''] = outputs;
  if (convolutions.test(type)) {
    // Each weight of an output channel is used once for each element of that channel.
    const channels = dimensionOf(graph, result, 1);
    return (made * largestWeight(graph, inputs)) / Math.max(1, channels);
  }
  if (products.test(type)) {
    const weights = largestWeight(graph, inputs);
    const columns = dimensionOf(graph, result, -1);
    if (weights > 0) return (made * weights) / Math.max(1, columns);
    return made * dimensionOf(graph, inputs[0] ?? '', -1);
  }
  return made + inputs.reduce((sum, name) => sum + elementsOf(graph, name), 0);
}

function elementsOf(graph: NetworkGraph, name: string): number {
  const info = graph.values.get(name);
  if (info?.kind !== 'tensor' || info.type === 'string') return 0;
  return (bytesOfOne({...info, name}) ?? 0) / elementLayouts[info.type].bytes;
}

/** Counted as if its elements had four bytes; initializers are known by their bytes alone. */
function largestWeight(graph: NetworkGraph, inputs: readonly string[]): number {
  return Math.max(0, ...inputs.map(name => (graph.initializers.get(name) ?? 0) / 4));
}

function dimensionOf(graph: NetworkGraph, name: string, axis: number): number {
  const info = graph.values.get(name);
  const size = info?.kind === 'tensor' ? info.shape?.at(axis) : undefined;
  return typeof size === 'number' ? size : 1;
}

import type {NetworkGraph} from '../../schemas/network-graph.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';

/** What is known of these values of a network; throws INVALID_NETWORK for one that is no tensor. */
export function tensorInfos(graph: NetworkGraph, names: readonly string[]): TensorInfo[] {
  return names.map(name => {
    const value = graph.values.get(name);
    if (value?.kind !== 'tensor') {
      const what = value === undefined ? 'is of unknown type' : 'is a sequence, map or optional';
      const text = `${graph.name}: expected a tensor of a type that travels, but ${name} ${what}`;
      throw new InferenceError('INVALID_NETWORK', text);
    }
    return {name, type: value.type, shape: value.shape === null ? null : [...value.shape]};
  });
}

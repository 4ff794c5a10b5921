import type {ValueInfo} from '../../schemas/network-graph.js';
import {invariant} from '../errors.js';
import type {ModelProto} from './generated/onnx_pb.js';
import type {Network} from './network.js';
import {tensorType, valueInfoProto} from './value-types.js';
import {withFields} from './with-fields.js';

/**
 * The model, saying also what the file does not: the element types of the tensors that operations
 * make, as far as `values` has them. A device that lacks one operation so knows what those behind it
 * read. No shapes, which ONNX Runtime would believe. Undefined where there is nothing to say.
 */
export function withTypes(
  network: Network,
  values: ReadonlyMap<string, ValueInfo>,
): ModelProto | undefined {
  const {graph} = network.model;
  invariant(graph !== undefined, 'a network that was read has a graph');
  const told = new Set([...network.graph.values.keys(), ...network.graph.outputs]);
  const more = network.graph.operations
    .flatMap(({outputs}) => outputs)
    .flatMap(name => {
      const info = values.get(name);
      if (told.has(name) || info?.kind !== 'tensor') return [];
      return [valueInfoProto(name, tensorType(info.type, null))];
    });
  if (more.length === 0) return undefined;
  // The file may name a value without telling its type.
  const names = new Set(more.map(({name}) => name));
  const kept = graph.valueInfo.filter(({name}) => !names.has(name));
  const valueInfo = [...kept, ...more];
  return withFields<ModelProto>(network.model, {graph: withFields(graph, {valueInfo})});
}

import {invariant} from '../errors.js';
import type {ModelProto} from './generated/onnx_pb.js';
import type {Network} from './network.js';
import {valueInfoProto} from './value-types.js';
import {withFields} from './with-fields.js';
import {withoutShapeClaims} from './without-shape-claims.js';
import {writeModel} from './write-model.js';

/**
 * The model with every value that an operation makes as an output, by name only: ONNX Runtime
 * then reports the type and shape of each in a session's `outputMetadata`, as they follow from the
 * network's inputs: what the file claims of shapes is left out. `without` names values to leave out.
 */
export function exposeValues(
  network: Network,
  without: ReadonlySet<string> = new Set(),
): Uint8Array {
  const {graph} = network.model;
  invariant(graph !== undefined, 'a network that was read has a graph');
  const there = new Set(network.graph.outputs);
  const made = network.graph.operations.flatMap(operation => operation.outputs);
  const more = made.filter(name => !there.has(name) && !without.has(name));
  const plain = withoutShapeClaims(graph);
  const output = [...plain.output, ...more.map(name => valueInfoProto(name))];
  return writeModel(withFields<ModelProto>(network.model, {graph: withFields(plain, {output})}));
}

import {inputLike} from './drop-weights.js';
import type {ModelProto} from './generated/onnx_pb.js';
import {parseModel} from './parse-model.js';
import {withFields} from './with-fields.js';
import {writeModel} from './write-model.js';

/**
 * The model with the initializers of these names as required inputs, for requests that override
 * them: onnxruntime-node ignores what is fed for an initializer. Names of none are left alone.
 */
export function withoutInitializers(model: Uint8Array, names: Iterable<string>): Uint8Array {
  const parsed = parseModel(model);
  const wanted = new Set(names);
  const dropped = parsed.graph.initializer.filter(({name}) => wanted.has(name));
  const there = new Set(parsed.graph.input.map(({name}) => name));
  const graph = withFields(parsed.graph, {
    initializer: parsed.graph.initializer.filter(({name}) => !wanted.has(name)),
    input: [...parsed.graph.input, ...dropped.filter(({name}) => !there.has(name)).map(inputLike)],
  });
  return writeModel(withFields<ModelProto>(parsed, {graph}));
}

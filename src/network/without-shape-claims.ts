import type {GraphProto, ValueInfoProto} from './generated/onnx_pb.js';
import {withFields} from './with-fields.js';

/**
 * The graph without what its file claims of the shapes of values that operations make. ONNX Runtime
 * believes these claims, but holds no value to them, so networks with false ones are about: with
 * the batch size of their export, say. A stage, whose inputs are checked, must not believe them.
 */
export function withoutShapeClaims(graph: GraphProto): GraphProto {
  return withFields(graph, {
    valueInfo: graph.valueInfo.map(withoutShape),
    output: graph.output.map(withoutShape),
  });
}

function withoutShape(info: ValueInfoProto): ValueInfoProto {
  const {type} = info;
  if (type?.value.case !== 'tensorType' || type.value.value.shape === undefined) return info;
  const value = withFields(type.value.value, {});
  Reflect.deleteProperty(value, 'shape');
  return withFields(info, {type: withFields(type, {value: {case: 'tensorType', value}})});
}

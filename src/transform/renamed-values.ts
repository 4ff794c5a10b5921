import type {GraphProto, NodeProto} from '../network/generated/onnx_pb.js';
import {withBodies} from '../network/with-bodies.js';
import {withFields} from '../network/with-fields.js';

type Rename = (name: string) => string;

/** The node with every value that it and its bodies name, and itself, renamed. */
export function renamedNode(node: NodeProto, rename: Rename): NodeProto {
  const given = (name: string) => (name === '' ? '' : rename(name));
  const own = withFields(node, {
    name: given(node.name),
    input: node.input.map(given),
    output: node.output.map(given),
  });
  return withBodies(own, body => renamedGraph(body, rename));
}

function renamedGraph(graph: GraphProto, rename: Rename): GraphProto {
  const named = <T extends GraphProto['input'][number] | GraphProto['initializer'][number]>(
    each: T,
  ): T => withFields(each, {name: rename(each.name)} as Partial<Omit<T, '$typeName' | '$unknown'>>);
  return withFields(graph, {
    node: graph.node.map(node => renamedNode(node, rename)),
    input: graph.input.map(named),
    output: graph.output.map(named),
    valueInfo: graph.valueInfo.map(named),
    initializer: graph.initializer.map(named),
  });
}

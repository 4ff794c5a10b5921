import type {GraphProto, NodeProto} from './generated/onnx_pb.js';

/** The graphs that a node runs: the branches of `If`, the bodies of `Loop` and `Scan`. */
export function bodiesOf(node: NodeProto): readonly GraphProto[] {
  return node.attribute.flatMap(({g, graphs}) => (g === undefined ? graphs : [g, ...graphs]));
}

/** Names that are defined inside `graph`, hiding those outside: inputs, initializers, outputs. */
export function localValues(graph: GraphProto): ReadonlySet<string> {
  return new Set([
    ...graph.input.map(input => input.name),
    ...graph.initializer.map(tensor => tensor.name),
    ...graph.sparseInitializer.map(sparse => sparse.values?.name ?? ''),
    ...graph.node.flatMap(node => node.output),
  ]);
}

/** Values that the node's bodies, however deep, read from the graph around the node; each once. */
export function capturedValues(node: NodeProto): readonly string[] {
  const captured = new Set<string>();
  for (const body of bodiesOf(node)) {
    const local = localValues(body);
    for (const name of valuesRead(body)) if (!local.has(name)) captured.add(name);
  }
  return [...captured];
}

function valuesRead(graph: GraphProto): readonly string[] {
  const read = graph.node.flatMap(node => nodeReads(node));
  return [...read, ...graph.output.map(output => output.name)];
}

/** Every value that a node needs from the graph it is in, each once: inputs, then captured ones. */
export function nodeReads(node: NodeProto): readonly string[] {
  const inputs = node.input.filter(name => name !== '');
  return [...new Set([...inputs, ...capturedValues(node)])];
}

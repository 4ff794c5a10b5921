import {InferenceError} from '../errors.js';
import {nodeReads} from './captured-values.js';
import type {GraphProto} from './generated/onnx_pb.js';
import {describeNode} from './sort-nodes.js';

/**
 * Throws INVALID_NETWORK unless every name of the graph has exactly one maker and every value that
 * is read is made.
 */
export function checkGraph(graph: GraphProto): void {
  const makers = makersOf(graph);
  for (const [index, node] of graph.node.entries()) {
    if (node.opType === '')
      throw invalid(`node ${describeNode(node, index)} has no operation type`);
    const missing = nodeReads(node).find(name => !makers.has(name));
    if (missing === undefined) continue;
    throw invalid(`node ${describeNode(node, index)} reads "${missing}", which nothing makes`);
  }
  const outputs = new Set<string>();
  for (const {name} of graph.output) {
    if (!makers.has(name)) throw invalid(`output "${name}" is made by nothing`);
    if (outputs.has(name)) throw invalid(`output "${name}" is listed twice`);
    outputs.add(name);
  }
}

/** Every value of the graph, with who makes it. */
function makersOf(graph: GraphProto): ReadonlyMap<string, string> {
  const makers = new Map<string, string>();
  const add = (name: string, maker: string, over?: string) => {
    const other = makers.get(name);
    if (other !== undefined && other !== over) {
      throw invalid(`value "${name}" is made twice: by ${other} and by ${maker}`);
    }
    makers.set(name, maker);
  };
  for (const {name} of graph.input) {
    if (name === '') throw invalid('an input has no name');
    add(name, 'an input');
  }
  for (const {name} of graph.initializer) add(name, 'an initializer', 'an input');
  for (const {values} of graph.sparseInitializer) {
    add(values?.name ?? '', 'a sparse initializer', 'an input');
  }
  for (const [index, node] of graph.node.entries()) {
    const maker = `node ${describeNode(node, index)}`;
    for (const output of node.output) if (output !== '') add(output, maker);
  }
  return makers;
}

function invalid(message: string): InferenceError {
  return new InferenceError('INVALID_NETWORK', message);
}

import {InferenceError} from '../errors.js';
import {nodeReads} from './captured-values.js';
import type {NodeProto} from './generated/onnx_pb.js';
import {operationType} from './operation-names.js';

type Visit = 'new' | 'open' | 'done';

/**
 * The nodes with every producer before its consumers: a depth-first search in file order, so nodes
 * that are sorted already keep their order. Throws INVALID_NETWORK for a cycle.
 */
export function sortNodes(nodes: readonly NodeProto[]): readonly NodeProto[] {
  const unvisited = producersOf(nodes);
  const visits: Visit[] = nodes.map(() => 'new');
  const sorted: NodeProto[] = [];
  for (const root of nodes.keys()) {
    // Not recursive: a chain may be longer than the call stack.
    const path = visits[root] === 'new' ? [root] : [];
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      visits[at] = 'open';
      const producer = unvisited[at]?.pop();
      if (producer === undefined) {
        sorted.push(nodes[at] as NodeProto);
        visits[at] = 'done';
        path.pop();
      } else if (visits[producer] === 'open') {
        throw cycle(nodes, path, producer);
      } else if (visits[producer] === 'new') {
        path.push(producer);
      }
    }
  }
  return sorted;
}

/** For each node, the nodes that make what it reads, the first of the file last. */
function producersOf(nodes: readonly NodeProto[]): readonly number[][] {
  const producer = new Map<string, number>();
  for (const [index, node] of nodes.entries()) {
    for (const output of node.output) if (output !== '') producer.set(output, index);
  }
  return nodes.map(node => {
    const indices = nodeReads(node).map(name => producer.get(name));
    return [...new Set(indices.filter(index => index !== undefined))].sort((a, b) => b - a);
  });
}

function cycle(nodes: readonly NodeProto[], path: readonly number[], again: number) {
  const round = [...path.slice(path.indexOf(again)), again].reverse();
  const named = round.map(index => describeNode(nodes[index] as NodeProto, index));
  return new InferenceError('INVALID_NETWORK', `nodes form a cycle: ${named.join(' -> ')}`);
}

/** A node as a message names it: by its name if it has one, else by its place in the file. */
export function describeNode(node: NodeProto, index: number): string {
  return node.name === '' ? `${operationType(node)} at position ${index}` : `"${node.name}"`;
}

import type {NodeProto} from './generated/onnx_pb.js';

/** The name of a node's type: its domain is left out if it is that of ONNX itself. */
export function operationType({domain, opType}: NodeProto): string {
  return domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`;
}

/**
 * A unique name for each node, the same for the same nodes in the same order: a node's own name,
 * with `#2`, `#3`, … where it repeats; `Conv_12` for a node without one at position 12.
 */
export function operationNames(nodes: readonly NodeProto[]): readonly string[] {
  const taken = new Set(nodes.map(node => node.name));
  const repeats = new Map<string, number>();
  const unique = (name: string): string => {
    let count = repeats.get(name) ?? 1;
    let candidate: string;
    do candidate = `${name}#${++count}`;
    while (taken.has(candidate));
    repeats.set(name, count);
    taken.add(candidate);
    return candidate;
  };
  const used = new Set<string>();
  return nodes.map((node, position) => {
    if (node.name !== '') {
      if (used.has(node.name)) return unique(node.name);
      used.add(node.name);
      return node.name;
    }
    const made = `${operationType(node)}_${position}`;
    if (taken.has(made)) return unique(made);
    taken.add(made);
    return made;
  });
}

import type {NetworkGraph, ValueInfo} from '../../schemas/network-graph.js';
import type {Dimension} from '../../schemas/tensor.js';

type Values = ReadonlyMap<string, ValueInfo>;

/** The graph with more known of its values; what both know, the later one says. */
export function withValues(graph: NetworkGraph, values: Values): NetworkGraph {
  const merged = new Map(graph.values);
  for (const [name, info] of values) {
    const known = merged.get(name);
    merged.set(name, known === undefined ? info : refined(known, info));
  }
  return {...graph, values: merged};
}

/** Two sources that disagree on the kind, type or rank: the later one is right. */
function refined(known: ValueInfo, info: ValueInfo): ValueInfo {
  if (known.kind !== 'tensor' || info.kind !== 'tensor' || known.type !== info.type) return info;
  if (info.shape === null) return known;
  if (known.shape === null || known.shape.length !== info.shape.length) return info;
  const shape = info.shape.map((dimension, axis) => finer(known.shape?.[axis], dimension));
  return {...info, shape};
}

/** What the later source names, a size or another dimension, it knows. */
function finer(known: Dimension | undefined, dimension: Dimension): Dimension {
  return dimension === '?' ? (known ?? '?') : dimension;
}

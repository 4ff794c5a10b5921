import test from 'ava';
import fc from 'fast-check';
import {stronglyConnected} from '../../../../src/plan/strongly-connected.js';

test('a cycle is one component, what it leads to comes before it', t => {
  t.deepEqual(stronglyConnected([[1], [2], [0, 3], []]), [[3], [0, 1, 2]]);
});

test('a very long path takes no recursion', t => {
  const edges = Array.from({length: 100_000}, (_, at) => (at < 99_999 ? [at + 1] : []));
  t.is(stronglyConnected(edges).length, 100_000);
});

function reachable(edges: readonly (readonly number[])[], from: number): ReadonlySet<number> {
  const seen = new Set([from]);
  for (const node of seen) for (const next of edges[node] ?? []) seen.add(next);
  return seen;
}

test('two nodes share a component if and only if each reaches the other', t => {
  const anyEdges = fc
    .array(fc.array(fc.nat(100), {maxLength: 3}), {minLength: 1, maxLength: 12})
    .map(edges => edges.map(ends => ends.map(end => end % edges.length)));
  const property = fc.property(anyEdges, edges => {
    const components = stronglyConnected(edges);
    const reach = edges.map((_, node) => reachable(edges, node));
    const componentOf = new Map(components.flatMap((nodes, at) => nodes.map(node => [node, at])));
    return edges.every((_, a) =>
      edges.every((_, b) => {
        const [ofA, ofB] = [componentOf.get(a) ?? -1, componentOf.get(b) ?? -1];
        const mutual = reach[a]?.has(b) === true && reach[b]?.has(a) === true;
        if ((ofA === ofB) !== mutual) return false;
        return !reach[a]?.has(b) || ofB <= ofA;
      }),
    );
  });
  t.notThrows(() => fc.assert(property, {numRuns: 500}));
});

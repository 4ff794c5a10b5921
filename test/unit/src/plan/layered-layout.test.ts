import test from 'ava';
import fc from 'fast-check';
import {type Box, layeredLayout} from '../../../../src/plan/layered-layout.js';
import {placeRow} from '../../../../src/plan/place-row.js';

test('items that have room are where they want to be', t => {
  const items = [
    {width: 10, wanted: 20},
    {width: 10, wanted: 60},
  ];
  t.deepEqual(placeRow(items, 5), [20, 60]);
});

test('items that crowd share the room around the mean of what they want', t => {
  const items = [
    {width: 10, wanted: 50},
    {width: 10, wanted: 50},
  ];
  t.deepEqual(placeRow(items, 10), [40, 60]);
});

const anySize = fc.record({
  width: fc.integer({min: 1, max: 200}),
  height: fc.integer({min: 1, max: 50}),
});

const anyGraph = fc
  .record({
    nodes: fc.array(anySize, {minLength: 1, maxLength: 12}),
    ends: fc.array(fc.record({from: fc.nat(100), to: fc.nat(100), label: anySize}), {
      maxLength: 20,
    }),
  })
  .map(({nodes, ends}) => {
    const links = ends
      .map(({from, to, label}) => ({from: from % nodes.length, to: to % nodes.length, label}))
      .filter(({from, to}) => from < to);
    return {nodes, links};
  });

function overlap(a: Box, b: Box): boolean {
  const apart = (a.width + b.width) / 2 - 1e-6;
  return Math.abs(a.x - b.x) < apart && a.y < b.y + b.height && b.y < a.y + a.height;
}

test('no boxes overlap, all are inside, and arrows go down', t => {
  const property = fc.property(anyGraph, ({nodes, links}) => {
    const layout = layeredLayout(nodes, links);
    const labels = layout.links.map(chain => chain[0]).filter(box => box !== undefined);
    const boxes = [...layout.nodes, ...labels];
    for (const [at, box] of boxes.entries()) {
      if (boxes.slice(0, at).some(other => overlap(box, other))) return false;
      if (box.x - box.width / 2 < -1e-6 || box.x + box.width / 2 > layout.width + 1e-6)
        return false;
      if (box.y < 0 || box.y + box.height > layout.height) return false;
    }
    return links.every(({from, to}, at) => {
      const chain = [layout.nodes[from], ...(layout.links[at] ?? []), layout.nodes[to]];
      return chain.every((box, step) => step === 0 || (box?.y ?? 0) > (chain[step - 1]?.y ?? 0));
    });
  });
  t.notThrows(() => fc.assert(property, {numRuns: 300}));
});

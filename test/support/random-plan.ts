import fc from 'fast-check';
import type {NetworkGraph, Operation, ValueInfo} from '../../schemas/network-graph.js';

export const planDevices = ['A', 'B', 'C'] as const;

/** A network and, for each operation, a device and those devices that support it. */
export interface RandomPlan {
  readonly graph: NetworkGraph;
  readonly affinity: ReadonlyMap<string, string>;
  readonly supported: ReadonlyMap<string, readonly string[]>;
}

interface Draw {
  readonly reads: readonly number[];
  readonly made: number;
  readonly random: boolean;
  /** One in eight values is no tensor, where such are asked for. */
  readonly tensor: boolean;
  readonly device: (typeof planDevices)[number];
  readonly refusedBy: readonly string[];
}

const drawnOperation = fc.record<Draw>({
  reads: fc.array(fc.nat(1000), {maxLength: 3}),
  made: fc.integer({min: 1, max: 2}),
  random: fc.integer({min: 0, max: 9}).map(chance => chance === 0),
  tensor: fc.integer({min: 0, max: 7}).map(chance => chance > 0),
  device: fc.constantFrom(...planDevices),
  refusedBy: fc.subarray([...planDevices], {maxLength: 2}),
});

/** Any acyclic network of up to 30 operations, constant and random ones among them. */
export function randomPlan({sequences}: {readonly sequences: boolean}): fc.Arbitrary<RandomPlan> {
  return fc
    .record({
      draws: fc.array(drawnOperation, {maxLength: 30}),
      outputs: fc.array(fc.nat(1000), {minLength: 1, maxLength: 4}),
    })
    .map(({draws, outputs}) => planOf(draws, outputs, sequences));
}

function planOf(
  draws: readonly Draw[],
  outputs: readonly number[],
  sequences: boolean,
): RandomPlan {
  const inputs = ['x', 'z'];
  const overridable = ['s'];
  const initializers = new Map([
    ['w', 16],
    ['s', 16],
  ]);
  const tensor: ValueInfo = {kind: 'tensor', type: 'f32', shape: [1, 4]};
  const known = [...inputs, ...initializers.keys()];
  const values = new Map<string, ValueInfo>(known.map(name => [name, tensor]));
  const operations = draws.map(({reads, made, random, tensor: isTensor}, at): Operation => {
    const chosen = new Set(reads.map(read => known[read % known.length] ?? 'x'));
    const makes = Array.from({length: made}, (_, port) => `v${at}.${port}`);
    for (const name of makes) {
      known.push(name);
      values.set(name, isTensor || !sequences ? tensor : {kind: 'other'});
    }
    return {name: `o${at}`, type: 'Any', inputs: [...chosen], outputs: makes, random};
  });
  const tensors = [...values].filter(([, info]) => info.kind === 'tensor').map(([name]) => name);
  const chosen = new Set(outputs.map(output => tensors.at(-1 - (output % tensors.length)) ?? 'x'));
  const graph = {name: 'any', operations, inputs, overridable, initializers, values};
  const named = <T>(of: (draw: Draw) => T) =>
    new Map(draws.map((draw, at): [string, T] => [`o${at}`, of(draw)]));
  return {
    graph: {...graph, outputs: [...chosen]},
    affinity: named(({device}) => device),
    supported: named(({refusedBy}) => planDevices.filter(device => !refusedBy.includes(device))),
  };
}

import type {NamedTensors} from '../../schemas/tensor.js';
import type {ModelProto} from '../../src/network/generated/onnx_pb.js';
import {withFields} from '../../src/network/with-fields.js';
import {writeModel} from '../../src/network/write-model.js';
import {SeededRandom} from './seeded-random.js';
import {ShapedNetwork} from './shaped-network.js';
import {tensorOf} from './tensor-of.js';
export interface ShapeArithmeticNetwork {
  readonly bytes: Uint8Array;
  /** Requests that the network takes, with different numbers of rows if it takes any number. */
  readonly requests: readonly NamedTensors[];
}

/**
 * A random network of inputs [rows, …] with the shape arithmetic that exporters write, and with
 * more than that: shapes from Shape by Gather, Slice, Split, Mul, Div and Concat; Reshape into any
 * grouping of axes; Expand, Tile and ConstantOfShape by the number of rows; axes that are moved,
 * joined, summed, cut, counted and broadcast anywhere, the batch's too. Some mix requests.
 */
export function shapeArithmeticNetwork(seed: number): ShapeArithmeticNetwork {
  const random = new SeededRandom(seed);
  const single = random.chance(0.4);
  // Requests that all have as many rows may meet constants for that many.
  const rows = single ? 1 : random.chance(0.4) ? random.whole(2, 3) : undefined;
  const net = new ShapedNetwork(random, rows);
  const shapes = Array.from({length: random.whole(1, 2)}, () => net.addInput());
  for (let steps = random.whole(3, 16); steps > 0; steps--) net.step();
  net.addOutput();
  const counts = rows === undefined ? [random.whole(1, 3), 1, random.whole(1, 3)] : [rows, rows];
  const requests = counts.map(count => {
    const inputs = shapes.map(({name, dims}) => {
      const shape = dims.map(({factor, rows: each}) => (each ? factor * count : factor));
      const size = shape.reduce((all, each) => all * each, 1);
      const values = Array.from({length: size}, () => random.next() * 2 - 1);
      return [name, tensorOf('f32', shape, values)] as const;
    });
    return new Map(inputs);
  });
  return {bytes: writeModel(needed(net.builder.model())), requests};
}

/** The network without what its output does not need: no stage has that. */
function needed(model: ModelProto): ModelProto {
  const {graph} = model;
  if (graph === undefined) throw new Error('a model that was built has a graph');
  const names = new Set(graph.output.map(({name}) => name));
  const node = graph.node.toReversed().filter(({output, input}) => {
    const isNeeded = output.some(name => names.has(name));
    if (isNeeded) for (const name of input) names.add(name);
    return isNeeded;
  });
  return withFields<ModelProto>(model, {graph: withFields(graph, {node: node.reverse()})});
}

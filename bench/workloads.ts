import type {TensorData} from '../schemas/tensor.js';
import {SeededRandom} from '../test/support/seeded-random.js';
import type {Workload} from './contenders/contender.js';
import {residualNetwork} from './networks/residual-network.js';
import {tinyNetwork} from './networks/tiny-network.js';
import type {Parameters} from './parameters.js';

const seed = 20_190_406;

export function workloads(parameters: Parameters, streams: number): readonly Workload[] {
  const {tiny, residual, inputs} = parameters;
  const {pixels, channels} = residual;
  return [
    {
      name: 'tiny',
      model: tinyNetwork(),
      inputs: randomInputs('x', [1, 16], inputs),
      streams,
      inFlight: tiny.inFlight,
    },
    {
      name: 'residual',
      model: residualNetwork({pixels, channels, seed}),
      inputs: randomInputs('image', [1, 3, pixels, pixels], inputs),
      streams,
      inFlight: residual.inFlight,
    },
  ];
}

function randomInputs(name: string, shape: readonly number[], count: number) {
  const random = new SeededRandom(seed);
  const length = shape.reduce((product, size) => product * size, 1);
  return Array.from({length: count}, () => {
    const data = Float32Array.from({length}, () => 2 * random.next() - 1);
    return new Map<string, TensorData>([[name, {type: 'f32', shape, data}]]);
  });
}

import type {Behaviour} from './behaviour.js';
import {expectRefused, expectSame} from './behaviour-fault.js';
import {filled, floats, line, sum} from './behaviour-networks.js';

const area = 'dynamic shapes';

export const dynamicShapes: readonly Behaviour[] = [
  {
    area,
    name: 'one request takes one size after another, larger and smaller',
    async run(bench) {
      const request = (await bench.load(line())).createInferRequest();
      for (const rows of [1, 7, 300, 2, 1]) {
        const {y} = await request.infer({x: filled([rows, 2], rows)});
        expectSame('shape', y?.shape, [rows, 2]);
        expectSame('output', y?.data, filled([rows, 2], 2 * rows + 1).data);
      }
    },
  },
  {
    area,
    name: 'requests of different sizes run at once',
    async run(bench) {
      const executable = await bench.load(sum(), {NUM_STREAMS: 2});
      const runs = Array.from({length: 60}, async (_, each) => {
        const shape = [(each % 5) + 1, (each % 3) + 1];
        const a = filled(shape, each);
        const {y} = await executable.createInferRequest().infer({a, b: a});
        expectSame('shape', y?.shape, shape);
        expectSame('output', y?.data, filled(shape, 2 * each).data);
      });
      await Promise.all(runs);
    },
  },
  {
    area,
    name: 'a batch of none is a batch',
    async run(bench) {
      const request = (await bench.load(line())).createInferRequest();
      const {y} = await request.infer({x: filled([0, 2], 0)});
      expectSame('shape', y?.shape, [0, 2]);
    },
  },
  {
    area,
    name: 'dimensions that are fixed stay fixed, and the rank is fixed',
    async run(bench) {
      const executable = await bench.load(line());
      expectSame('input', executable.inputs[0]?.shape, ['n', 2]);
      const request = executable.createInferRequest();
      for (const shape of [[1, 3], [2], [1, 1, 2]]) {
        const inputs = {x: filled(shape, 1)};
        await expectRefused(`[${shape}]`, 'SHAPE_MISMATCH', () => request.infer(inputs));
      }
      await request.infer({x: floats([1, 2], [1, 2])});
    },
  },
];

import type {Behaviour} from './behaviour.js';
import {expectSame} from './behaviour-fault.js';
import {floats, heavy, heavyInputs, line, sum} from './behaviour-networks.js';

const area = 'consistency';

export const consistency: readonly Behaviour[] = [
  {
    area,
    name: 'the same inputs give the same outputs, run after run',
    async run(bench) {
      const request = (await bench.load(heavy())).createInferRequest();
      const {y: first} = await request.infer({...heavyInputs()});
      for (let time = 0; time < 10; time++) {
        const {y} = await request.infer();
        expectSame(`output ${time}`, y?.data, first?.data);
      }
    },
  },
  {
    area,
    name: 'the same inputs give the same outputs on requests that run at once',
    async run(bench) {
      const executable = await bench.load(heavy(), {NUM_STREAMS: 2});
      const runs = Array.from({length: 12}, () =>
        executable.createInferRequest().infer({...heavyInputs()}),
      );
      const [first, ...others] = await Promise.all(runs);
      for (const {y} of others) expectSame('output', y?.data, first?.['y']?.data);
    },
  },
  {
    area,
    name: 'hundreds of requests in flight each get the answer to their input',
    async run(bench) {
      const executable = await bench.load(line(), {NUM_STREAMS: 2});
      const runs = Array.from({length: 300}, async (_, each) => {
        const {y} = await executable.createInferRequest().infer({x: floats([each, 7], [1, 2])});
        return [...(y?.data ?? [])];
      });
      const expected = runs.map((_, each) => [2 * each + 1, 15]);
      expectSame('outputs', await Promise.all(runs), expected);
    },
  },
  {
    area,
    name: 'several networks at once keep their requests apart',
    async run(bench) {
      const [lines, sums] = await Promise.all([bench.load(line()), bench.load(sum())]);
      const runs = Array.from({length: 100}, async (_, each) => {
        const x = floats([each, 1], [1, 2]);
        const [one, other] = await Promise.all([
          lines.createInferRequest().infer({x}),
          sums.createInferRequest().infer({a: x, b: x}),
        ]);
        return [one['y']?.data[0], other['y']?.data[0]];
      });
      const expected = runs.map((_, each) => [2 * each + 1, 2 * each]);
      expectSame('outputs', await Promise.all(runs), expected);
    },
  },
  {
    area,
    name: 'requests that exclude each other all come to their turn',
    async run(bench) {
      const executable = await bench.load(line(), {EXCLUSIVE_ASYNC_REQUESTS: true});
      const runs = Array.from({length: 40}, async (_, each) => {
        const {y} = await executable.createInferRequest().infer({x: floats([each, 0], [1, 2])});
        return y?.data[0];
      });
      const expected = runs.map((_, each) => 2 * each + 1);
      expectSame('outputs', await Promise.all(runs), expected);
    },
  },
];

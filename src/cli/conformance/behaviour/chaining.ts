import type {Behaviour} from './behaviour.js';
import {expectSame} from './behaviour-fault.js';
import {floats, line, sum} from './behaviour-networks.js';

const area = 'chaining';

export const chaining: readonly Behaviour[] = [
  {
    area,
    name: 'outputs of one network are inputs of the next',
    async run(bench) {
      const [first, second] = await Promise.all([bench.load(line()), bench.load(sum())]);
      const {y} = await first.createInferRequest().infer({x: floats([1, 2], [1, 2])});
      if (y === undefined) return expectSame('output', y, 'a tensor');
      const {y: total} = await second.createInferRequest().infer({a: y, b: y});
      expectSame('output', total?.data, Float32Array.of(6, 10));
    },
  },
  {
    area,
    name: 'an output fed back as the input is what the next run reads',
    async run(bench) {
      const request = (await bench.load(line())).createInferRequest();
      request.setInput('x', floats([0, 1], [1, 2]));
      for (let round = 1; round <= 12; round++) {
        request.startAsync();
        await request.wait();
        const y = request.getOutput('y');
        expectSame(`round ${round}`, y.data, Float32Array.of(2 ** round - 1, 2 ** (round + 1) - 1));
        request.setInput('x', y);
      }
    },
  },
  {
    area,
    name: 'a chain of requests of one network passes tensors on while all of them work',
    async run(bench) {
      const executable = await bench.load(line());
      const chains = Array.from({length: 8}, async (_, chain) => {
        let x = floats([chain, chain], [1, 2]);
        for (let link = 0; link < 8; link++) {
          const {y} = await executable.createInferRequest().infer({x});
          x = y as typeof x;
        }
        return x.data[0];
      });
      const expected = chains.map((_, chain) => 256 * chain + 255);
      expectSame('ends', await Promise.all(chains), expected);
    },
  },
];

import type {Behaviour} from './behaviour.js';
import {expectSame} from './behaviour-fault.js';
import {floats, line, relu, sum} from './behaviour-networks.js';

const area = 'threads';

export const threads: readonly Behaviour[] = [
  {
    area,
    name: 'networks are loaded, run and released at the same time',
    async run(bench) {
      const tasks = Array.from({length: 8}, async (_, each) => {
        const executable = await bench.load(line());
        const {y} = await executable.createInferRequest().infer({x: floats([each, 0], [1, 2])});
        await executable.release();
        return y?.data[0];
      });
      const expected = tasks.map((_, each) => 2 * each + 1);
      expectSame('outputs', await Promise.all(tasks), expected);
    },
  },
  {
    area,
    name: 'queries, plans and descriptions are answered while networks load and run',
    async run(bench) {
      const {core, device} = bench;
      const network = await core.readNetwork(sum());
      const runs = (async () => {
        const executable = await bench.load(relu());
        const all = Array.from({length: 60}, () =>
          executable.createInferRequest().infer({x: floats([-1, 1], [1, 2])}),
        );
        return (await Promise.all(all)).every(({y}) => y?.data[0] === 0 && y.data[1] === 1);
      })();
      const asked = Array.from({length: 5}, () =>
        Promise.all([
          core.queryNetwork(network, device),
          core.planNetwork(network, device),
          core.getDeviceDescriptions(),
        ]),
      );
      const [answers, right] = await Promise.all([Promise.all(asked), runs]);
      for (const [placed] of answers) expectSame('operations', placed.size, 1);
      expectSame('outputs', right, true);
    },
  },
  {
    area,
    name: 'more requests at once than streams, and more streams than cores, all get answers',
    async run(bench) {
      const executable = await bench.load(line(), {NUM_STREAMS: 4});
      const runs = Array.from({length: 200}, async (_, each) => {
        const {y} = await executable.createInferRequest().infer({x: floats([each, 0], [1, 2])});
        return y?.data[0];
      });
      const expected = runs.map((_, each) => 2 * each + 1);
      expectSame('outputs', await Promise.all(runs), expected);
    },
  },
];

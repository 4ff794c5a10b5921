import type {Behaviour} from './behaviour.js';
import {BehaviourFault, expectRefused} from './behaviour-fault.js';
import {floats, line} from './behaviour-networks.js';

const area = 'counters';

export const counters: readonly Behaviour[] = [
  {
    area,
    name: 'with PERF_COUNT a request tells where its time went, by stage and by operation',
    async run(bench) {
      const executable = await bench.load(line(), {PERF_COUNT: true});
      const request = executable.createInferRequest();
      await request.infer({x: floats([1, 2], [1, 2])});
      const {totalUs, stages, operations} = request.getPerformanceCounts();
      if (!(totalUs > 0 && stages.length > 0)) {
        throw new BehaviourFault(`expected times of stages, given ${JSON.stringify(stages)}`);
      }
      for (const {name} of (await bench.core.readNetwork(line())).operations) {
        if (operations.some(each => each.name === name)) continue;
        const given = operations.map(each => each.name).join(', ');
        throw new BehaviourFault(`expected a counter of ${name}, given ${given}`);
      }
    },
  },
  {
    area,
    name: 'counters are refused while the request runs, and where nothing was measured',
    async run(bench) {
      const measured = (await bench.load(line(), {PERF_COUNT: true})).createInferRequest();
      measured.setInput('x', floats([1, 2], [1, 2]));
      measured.startAsync();
      await expectRefused('counters', 'BUSY', () => measured.getPerformanceCounts());
      await measured.wait();
      const plain = (await bench.load(line())).createInferRequest();
      await plain.infer({x: floats([1, 2], [1, 2])});
      await expectRefused('counters', 'INVALID_CONFIG_VALUE', () => plain.getPerformanceCounts());
    },
  },
];

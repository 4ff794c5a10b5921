import {AsyncInferQueue} from '../../../client/async-infer-queue.js';
import type {Behaviour} from './behaviour.js';
import {expectRefused, expectSame} from './behaviour-fault.js';
import {floats, heavy, heavyInputs, line, lookUp, lookUpInputs} from './behaviour-networks.js';

const area = 'queues';

export const queues: readonly Behaviour[] = [
  {
    area,
    name: 'a queue works through more inputs than it has requests',
    async run(bench) {
      const queue = new AsyncInferQueue<number>(await bench.load(line()), 4);
      const answers = new Map<number | undefined, unknown>();
      queue.setCallback((error, request, each) => {
        answers.set(each, error?.code ?? request.getOutput('y').data[0]);
      });
      const wanted = Array.from({length: 100}, (_, each) => each);
      for (const each of wanted) await queue.startAsync({x: floats([each, 0], [1, 2])}, each);
      await queue.waitAll();
      expectSame('answers', answers, new Map(wanted.map(each => [each, 2 * each + 1])));
      await queue.release();
    },
  },
  {
    area,
    name: 'runs and callbacks that fail cost a queue none of its requests',
    async run(bench) {
      const queue = new AsyncInferQueue<number>(await bench.load(lookUp()), 2);
      const codes: unknown[] = [];
      queue.setCallback(error => {
        codes.push(error?.code);
        throw new Error('from the callback');
      });
      for (const at of [0, 9, 9, 1, 9, 0]) await queue.startAsync({...lookUpInputs(at)});
      await expectRefused('waitAll', 'INTERNAL', () => queue.waitAll());
      expectSame('failures', codes.filter(code => code === 'STAGE_FAILED').length, 3);
      expectSame(
        'requests that are idle',
        [...queue].map(({state}) => state),
        ['IDLE', 'IDLE'],
      );
      await queue.release();
    },
  },
  {
    area,
    name: 'a queue that is released while it works ends what runs and what waits',
    async run(bench) {
      const queue = new AsyncInferQueue(await bench.load(heavy()), 1);
      const codes: unknown[] = [];
      queue.setCallback(error => codes.push(error?.code));
      await queue.startAsync({...heavyInputs()});
      const next = expectRefused('a start', 'RELEASED', () => queue.startAsync({...heavyInputs()}));
      await Promise.all([next, queue.release()]);
      expectSame('runs that ended', codes.length, 1);
    },
  },
];

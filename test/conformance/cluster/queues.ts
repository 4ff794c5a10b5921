import {AsyncInferQueue} from '../../../src/index.js';
import {floats, lookUp, slow, slowInputs} from '../../support/cluster-networks.js';
import {tensorOf} from '../../support/tensor-of.js';
import {type Check, load, rejects, splitLine} from './check.js';

/** Infer queues over real devices. */
export function queues(check: Check): void {
  check('a queue works through hundreds of inputs, each with its own answer', async (t, core) => {
    const queue = new AsyncInferQueue<number>(await splitLine(core), 8);
    const answers = new Map<unknown, unknown>();
    queue.setCallback((error, request, each) => {
      answers.set(each, error?.code ?? request.getOutput('y').data[0]);
    });
    for (let each = 0; each < 300; each++) {
      await queue.startAsync({x: floats([each, 0], 2)}, each);
    }
    await queue.waitAll();
    t.deepEqual(
      [...answers.entries()].filter(([each, y]) => y !== 2 * Number(each) + 1),
      [],
    );
    t.is(answers.size, 300);
    await queue.release();
  });

  check('runs that fail cost a queue none of its requests', async (t, core) => {
    const queue = new AsyncInferQueue<number>(await load(t, core, lookUp(), 'CPU'), 2);
    const codes: unknown[] = [];
    queue.setCallback(error => codes.push(error?.code));
    for (let each = 0; each < 12; each++) {
      const at = tensorOf('i64', [1], [each % 2 === 0 ? 0 : 9]);
      await queue.startAsync({x: floats([1, 2]), at}, each);
    }
    await queue.waitAll();
    t.is(codes.filter(code => code === 'STAGE_FAILED').length, 6);
    t.is(codes.filter(code => code === undefined).length, 6);
    t.true(queue.isReady());
    await queue.release();
  });

  check('a queue that is released ends what runs and what waits', async (t, core) => {
    const queue = new AsyncInferQueue(await load(t, core, slow(), 'CPU'), 1);
    const codes: unknown[] = [];
    queue.setCallback(error => codes.push(error?.code));
    await queue.startAsync({...slowInputs(20_000)});
    const waiting = rejects(t, queue.startAsync({...slowInputs(1)}), 'RELEASED');
    await queue.release();
    await waiting;
    t.deepEqual(codes, ['CANCELLED']);
  });
}

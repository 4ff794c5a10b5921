import type {InferRequest} from '../../../client/infer-request.js';
import {InferenceError} from '../../../errors.js';
import type {Behaviour} from './behaviour.js';
import type {BehaviourBench} from './behaviour-bench.js';
import {BehaviourFault, expectRefused, expectSame} from './behaviour-fault.js';
import {floats, heavy, heavyInputs, line} from './behaviour-networks.js';

const area = 'cancellation';

async function heavyRequest(bench: BehaviourBench): Promise<InferRequest> {
  const request = (await bench.load(heavy())).createInferRequest();
  request.setInput('x', heavyInputs().x);
  return request;
}

/** A device that has its result already may end well; anything but that or CANCELLED is a fault. */
async function endsCancelled(request: InferRequest): Promise<void> {
  try {
    await request.wait();
  } catch (error) {
    if (error instanceof InferenceError && error.code === 'CANCELLED') return;
    throw new BehaviourFault(`a cancelled run: expected CANCELLED or a result, given ${error}`);
  }
}

export const cancellation: readonly Behaviour[] = [
  {
    area,
    name: 'cancelling a request that does not run changes nothing',
    async run(bench) {
      const request = await heavyRequest(bench);
      request.cancel();
      await request.infer();
      request.cancel();
      expectSame('output', request.getOutput('y').shape, [64, 64]);
    },
  },
  {
    area,
    name: 'a cancelled request ends, is refused everything until then, and can be used again',
    async run(bench) {
      const request = await heavyRequest(bench);
      for (let time = 0; time < 5; time++) {
        request.startAsync();
        request.cancel();
        // All at once: nothing may come between.
        await Promise.all([
          expectRefused('a start', 'CANCELLED', () => request.startAsync()),
          expectRefused('an output', 'CANCELLED', () => request.getOutput('y')),
          expectRefused('an input', 'CANCELLED', () => request.getInput('x')),
        ]);
        await endsCancelled(request);
      }
      const {y} = await request.infer();
      expectSame('output', Math.fround(y?.data[0] as number), 1);
    },
  },
  {
    area,
    name: 'cancelling some of many requests leaves the others alone',
    async run(bench) {
      const executable = await bench.load(line());
      const requests = Array.from({length: 120}, (_, each) => {
        const request = executable.createInferRequest();
        request.setInput('x', floats([each, 0], [1, 2]));
        request.startAsync();
        return request;
      });
      for (const [each, request] of requests.entries()) if (each % 3 === 0) request.cancel();
      for (const [each, request] of requests.entries()) {
        if (each % 3 === 0) await endsCancelled(request);
        else {
          await request.wait();
          expectSame(`output ${each}`, request.getOutput('y').data[0], 2 * each + 1);
        }
      }
    },
  },
  {
    area,
    name: 'an abort signal cancels the run that it was given to, and no other',
    async run(bench) {
      const request = await heavyRequest(bench);
      const given = () => request.infer({}, {signal: AbortSignal.abort()});
      await expectRefused('a start after the abort', 'CANCELLED', given);
      const controller = new AbortController();
      request.startAsync({signal: controller.signal});
      controller.abort();
      await endsCancelled(request);
      const later = new AbortController();
      await request.infer({}, {signal: later.signal});
      later.abort();
      expectSame('output', request.getOutput('y').shape, [64, 64]);
    },
  },
  {
    area,
    name: 'a run ends by its deadline, with a result or DEADLINE_EXCEEDED, and can be repeated',
    async run(bench) {
      const request = await heavyRequest(bench);
      for (let time = 0; time < 5; time++) {
        try {
          await request.infer({}, {timeoutMs: 1});
        } catch (error) {
          const {code} = InferenceError.from(error);
          if (code !== 'DEADLINE_EXCEEDED') throw error;
        }
      }
      await request.infer();
    },
  },
];

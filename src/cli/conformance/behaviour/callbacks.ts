import type {Behaviour} from './behaviour.js';
import type {BehaviourBench} from './behaviour-bench.js';
import {expectRefused, expectSame} from './behaviour-fault.js';
import {floats, line, lookUp, lookUpInputs} from './behaviour-networks.js';

const area = 'callbacks';

async function lineRequest(bench: BehaviourBench) {
  const request = (await bench.load(line())).createInferRequest();
  request.setInput('x', floats([1, 2], [1, 2]));
  return request;
}

export const callbacks: readonly Behaviour[] = [
  {
    area,
    name: 'the callback finds the request idle and its outputs there, before wait settles',
    async run(bench) {
      const request = await lineRequest(bench);
      const steps: unknown[] = [];
      request.setCallback(error => {
        steps.push(error?.code, request.state, request.getOutput('y').data[0]);
      });
      request.startAsync();
      await request.wait().then(() => steps.push('wait'));
      expectSame('steps', steps, [undefined, 'IDLE', 3, 'wait']);
    },
  },
  {
    area,
    name: 'the callback may start the request again, over and over',
    async run(bench) {
      const request = await lineRequest(bench);
      const seen: unknown[] = [];
      await new Promise<void>((resolve, reject) => {
        request.setCallback(error => {
          if (error !== undefined) return reject(error);
          seen.push(request.getOutput('y').data[0]);
          if (seen.length === 20) return resolve();
          request.setInput('x', floats([seen.length + 1, 0], [1, 2]));
          request.startAsync();
        });
        request.startAsync();
      });
      const expected = Array.from({length: 20}, (_, at) => 2 * (at + 1) + 1);
      expectSame('outputs', seen, expected);
    },
  },
  {
    area,
    name: 'a callback may replace itself',
    async run(bench) {
      const request = await lineRequest(bench);
      const called: string[] = [];
      request.setCallback(() => {
        called.push('first');
        request.setCallback(() => called.push('second'));
      });
      for (const _ of [1, 2]) {
        request.startAsync();
        await request.wait();
      }
      expectSame('callbacks', called, ['first', 'second']);
    },
  },
  {
    area,
    name: 'what a callback throws, or its promise rejects with, is what the run ended with',
    async run(bench) {
      const request = await lineRequest(bench);
      const thrown = new Error('from the callback');
      for (const callback of [
        () => {
          throw thrown;
        },
        () => Promise.reject(thrown),
      ]) {
        request.setCallback(callback);
        request.startAsync();
        const error = await expectRefused('wait', 'INTERNAL', () => request.wait());
        expectSame('message', error.message, thrown.message);
      }
      const {y} = await request.infer();
      expectSame('output afterwards', y?.data[1], 5);
    },
  },
  {
    area,
    name: 'the callback is told what a run failed with, and infer calls none',
    async run(bench) {
      const request = (await bench.load(lookUp())).createInferRequest();
      const told: unknown[] = [];
      request.setCallback(error => told.push(error?.code));
      const {x, at} = lookUpInputs(9);
      request.setInput('x', x);
      request.setInput('at', at);
      request.startAsync();
      await expectRefused('wait', 'STAGE_FAILED', () => request.wait());
      const {y} = await request.infer({...lookUpInputs(1)});
      expectSame('output', y?.data[0], 20);
      expectSame('told', told, ['STAGE_FAILED']);
    },
  },
];

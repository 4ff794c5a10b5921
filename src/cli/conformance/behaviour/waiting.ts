import type {Behaviour} from './behaviour.js';
import {expectRefused, expectSame} from './behaviour-fault.js';
import {floats, heavy, heavyInputs, line, lookUp, lookUpInputs} from './behaviour-networks.js';

const area = 'waiting';

export const waiting: readonly Behaviour[] = [
  {
    area,
    name: 'there is nothing to wait for where nothing was started',
    async run(bench) {
      const request = (await bench.load(line())).createInferRequest();
      expectSame('wait()', await request.wait(), true);
      expectSame('wait(0)', await request.wait(0), false);
      await expectRefused('an output', 'NOT_STARTED', () => request.getOutput('y'));
    },
  },
  {
    area,
    name: 'wait settles for everybody who waits, and again afterwards',
    async run(bench) {
      const request = (await bench.load(heavy())).createInferRequest();
      request.setInput('x', heavyInputs().x);
      request.startAsync();
      const waits = [request.wait(), request.wait(60_000), request.wait()];
      expectSame('waits', await Promise.all(waits), [true, true, true]);
      expectSame('wait(0)', await request.wait(0), true);
    },
  },
  {
    area,
    name: 'a time to wait that is none is refused',
    async run(bench) {
      const request = (await bench.load(line())).createInferRequest();
      for (const timeoutMs of [-1, Number.NaN]) {
        await expectRefused('wait', 'INVALID_ARGUMENT', () => request.wait(timeoutMs));
      }
    },
  },
  {
    area,
    name: 'wait rejects with what a run failed with, every time, until the next run',
    async run(bench) {
      const request = (await bench.load(lookUp())).createInferRequest();
      await expectRefused('infer', 'STAGE_FAILED', () => request.infer({...lookUpInputs(7)}));
      await expectRefused('wait()', 'STAGE_FAILED', () => request.wait());
      await expectRefused('wait(0)', 'STAGE_FAILED', () => request.wait(0));
      await expectRefused('an output', 'STAGE_FAILED', () => request.getOutput('y'));
      await request.infer({...lookUpInputs(0)});
      expectSame('wait()', await request.wait(), true);
    },
  },
  {
    area,
    name: 'a request that runs is busy, and leaves what it has alone',
    async run(bench) {
      const request = (await bench.load(heavy())).createInferRequest();
      const {x} = heavyInputs();
      request.setInput('x', x);
      request.startAsync();
      const calls = [
        () => request.setInput('x', x),
        () => request.getInput('x'),
        () => request.clearInputs(),
        () => request.getOutput('y'),
        () => request.setCallback(),
        () => request.startAsync(),
        () => request.infer(),
        () => request.timings,
      ];
      await Promise.all(calls.map(call => expectRefused(String(call), 'BUSY', call)));
      await request.wait();
      expectSame('input', request.getInput('x').data, x.data);
    },
  },
  {
    area,
    name: 'inputs that were set stay set from run to run',
    async run(bench) {
      const request = (await bench.load(line())).createInferRequest();
      request.setInput('x', floats([5, 0], [1, 2]));
      for (const _ of [1, 2, 3]) {
        request.startAsync();
        await request.wait();
        expectSame('output', request.getOutput('y').data, Float32Array.of(11, 1));
      }
    },
  },
];

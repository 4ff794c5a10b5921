import type {ExecutableNetwork} from '../../../client/executable-network.js';
import type {InferRequest} from '../../../client/infer-request.js';
import type {Behaviour} from './behaviour.js';
import type {BehaviourBench} from './behaviour-bench.js';
import {expectRefused, expectSame} from './behaviour-fault.js';
import {accumulator, floats} from './behaviour-networks.js';

const area = 'states';

function load(bench: BehaviourBench): Promise<ExecutableNetwork> {
  return bench.load(accumulator(), {}, [{output: 'total', input: 's'}]);
}

async function accumulating(bench: BehaviourBench): Promise<InferRequest> {
  return (await load(bench)).createInferRequest();
}

async function add(request: InferRequest, value: number): Promise<unknown> {
  const {y} = await request.infer({x: floats([value, 1])});
  return y?.data[0];
}

export const states: readonly Behaviour[] = [
  {
    area,
    name: 'a run goes on from the state that the one before it left',
    async run(bench) {
      const request = await accumulating(bench);
      const seen: unknown[] = [];
      for (const value of [1, 2, 3, 4]) seen.push(await add(request, value));
      expectSame('outputs', seen, [1, 3, 6, 10]);
      const [state] = request.queryState();
      expectSame('name', state?.name, 's');
      expectSame('state', (await state?.getState())?.data, Float32Array.of(10, 4));
    },
  },
  {
    area,
    name: 'states begin anew in a network that is exported and imported',
    async run(bench) {
      const executable = await load(bench);
      await add(executable.createInferRequest(), 5);
      const imported = await bench.import(await executable.exportNetwork());
      expectSame('output', await add(imported.createInferRequest(), 1), 1);
    },
  },
  {
    area,
    name: 'requests at the same time have states of their own',
    async run(bench) {
      const executable = await load(bench);
      const sums = Array.from({length: 8}, async (_, at) => {
        const each = executable.createInferRequest();
        for (let round = 0; round < 5; round++) await add(each, at);
        return (await each.queryState()[0]?.getState())?.data[0];
      });
      expectSame(
        'sums',
        await Promise.all(sums),
        sums.map((_, at) => 5 * at),
      );
    },
  },
  {
    area,
    name: 'a state can be set and reset, and a request that runs refuses both',
    async run(bench) {
      const request = await accumulating(bench);
      await add(request, 5);
      const [state] = request.queryState();
      state?.setState(floats([100, 0]));
      expectSame('output after setState', await add(request, 1), 101);
      state?.reset();
      expectSame('output after reset', await add(request, 1), 1);
      request.resetState();
      expectSame('output after resetState', await add(request, 2), 2);
      request.setInput('x', floats([1, 1]));
      request.startAsync();
      await Promise.all([
        expectRefused('queryState', 'BUSY', () => request.queryState()),
        expectRefused('resetState', 'BUSY', () => request.resetState()),
        expectRefused('setState', 'BUSY', () => state?.setState(floats([0, 0]))),
      ]);
      await request.wait();
    },
  },
];

import type {ExecutableNetwork, Network, StateDeclaration} from '../../../src/index.js';
import {AsyncInferQueue} from '../../../src/index.js';
import {floats} from '../../support/cluster-networks.js';
import {NetworkBuilder} from '../../support/network-builder.js';
import {tensorOf} from '../../support/tensor-of.js';
import {type Check, load, rejects} from './check.js';

/**
 *     x, s -> Add -> sum -> Identity -> total          s: the sum of all inputs so far
 *                    sum -> Mul 2 -> y
 */
function accumulator(): Uint8Array {
  return new NetworkBuilder('accumulator')
    .input('x', 'f32', [2])
    .input('s', 'f32', [2])
    .initializer('two', tensorOf('f32', [], [2]))
    .node('Add', 'x s', 'sum', {}, 'add')
    .node('Identity', 'sum', 'total', {}, 'keep')
    .node('Mul', 'sum two', 'y', {}, 'double')
    .output('total', 'f32', [2])
    .output('y', 'f32', [2])
    .bytes();
}

/**
 *     x, a -> Add -> p -> Mul 1 -> a'      p, b -> Add -> y -> Mul 1 -> b'      two sums in a row
 */
function twoSums(): Uint8Array {
  return new NetworkBuilder('two sums')
    .input('x', 'f32', ['n'])
    .input('a', 'f32', ['n'])
    .input('b', 'f32', ['n'])
    .initializer('one', tensorOf('f32', [], [1]))
    .node('Add', 'x a', 'p', {}, 'first')
    .node('Mul', 'p one', 'nextA', {}, 'keep first')
    .node('Add', 'p b', 'y', {}, 'second')
    .node('Mul', 'y one', 'nextB', {}, 'keep second')
    .output('y', 'f32', ['n'])
    .output('nextA', 'f32', ['n'])
    .output('nextB', 'f32', ['n'])
    .bytes();
}

const sumState: readonly StateDeclaration[] = [{output: 'total', input: 's'}];
const pairs: readonly StateDeclaration[] = [
  {output: 'nextA', input: 'a', initial: floats([0])},
  {output: 'nextB', input: 'b', initial: floats([100])},
];

async function step(executable: ExecutableNetwork, request = executable.createInferRequest()) {
  const {y} = await request.infer({x: floats([1, 10])});
  return {request, y: y?.data};
}

/** Networks whose outputs are inputs of the next inference. */
export function states(check: Check): void {
  going(check);
  splitting(check);
  refusing(check);
}

function going(check: Check): void {
  check(
    'a state stays on the device from run to run, for each request its own',
    async (t, core) => {
      const executable = await load(t, core, accumulator(), 'CPU', {states: sumState});
      t.deepEqual(
        [executable.inputs, executable.outputs].map(infos => infos.map(({name}) => name)),
        [['x'], ['y']],
      );
      const first = await step(executable);
      const second = await step(executable);
      t.deepEqual([first.y, second.y], [Float32Array.of(2, 20), Float32Array.of(2, 20)]);
      t.deepEqual((await step(executable, first.request)).y, Float32Array.of(4, 40));
      t.deepEqual((await step(executable, first.request)).y, Float32Array.of(6, 60));
      t.deepEqual((await step(executable, second.request)).y, Float32Array.of(4, 40));
      const [state] = first.request.queryState();
      t.is(state?.name, 's');
      t.deepEqual((await state?.getState())?.data, Float32Array.of(3, 30));
    },
  );

  check('a state can be set, reset alone and with all others', async (t, core) => {
    const executable = await load(t, core, accumulator(), 'WASM', {states: sumState});
    const {request} = await step(executable);
    const [state] = request.queryState();
    state?.setState(floats([100, 200]));
    t.deepEqual((await state?.getState())?.data, Float32Array.of(100, 200));
    t.deepEqual((await step(executable, request)).y, Float32Array.of(202, 420));
    state?.reset();
    t.deepEqual((await step(executable, request)).y, Float32Array.of(2, 20));
    await step(executable, request);
    request.resetState();
    t.deepEqual((await step(executable, request)).y, Float32Array.of(2, 20));
    await rejects(t, () => state?.setState(floats([1])), 'SHAPE_MISMATCH');
  });

  check('what a user does to a state that was read changes no state', async (t, core) => {
    const executable = await load(t, core, accumulator(), 'CPU', {states: sumState});
    const scribble = async (request = executable.createInferRequest()) => {
      for (const state of request.queryState()) {
        const {data} = await state.getState();
        if (data instanceof Float32Array) data.fill(1000);
      }
      return request;
    };
    const {request} = await step(executable, await scribble());
    t.deepEqual((await step(executable, await scribble(request))).y, Float32Array.of(4, 40));
    t.deepEqual((await step(executable)).y, Float32Array.of(2, 20), 'nor what it is at first');
  });

  check('a run that is cancelled or refused leaves the states as they were', async (t, core) => {
    const executable = await load(t, core, accumulator(), 'CPU', {states: sumState});
    const {request} = await step(executable);
    for (let time = 0; time < 5; time++) {
      request.setInput('x', floats([5, 5]));
      request.startAsync();
      await rejects(t, () => request.queryState(), 'BUSY');
      await rejects(t, () => request.resetState(), 'BUSY');
      request.cancel();
      await rejects(t, request.wait(), 'CANCELLED');
    }
    t.deepEqual((await step(executable, request)).y, Float32Array.of(4, 40));
    await rejects(t, request.infer({s: floats([1, 1])}), 'UNKNOWN_INPUT', "'s'");
    t.deepEqual((await step(executable, request)).y, Float32Array.of(6, 60));
  });

  check(
    'requests of a queue have states of their own, and of a plain network none',
    async (t, core) => {
      const executable = await load(t, core, accumulator(), 'CPU', {states: sumState});
      const queue = new AsyncInferQueue(executable, 2);
      for (let each = 0; each < 6; each++) await queue.startAsync({x: floats([1, 0])});
      await queue.waitAll();
      const sums = await Promise.all([...queue].map(each => each.queryState()[0]?.getState()));
      t.is(
        sums.reduce((total, state) => total + Number(state?.data[0] ?? 0), 0),
        6,
      );
      await queue.release();
      const plain = await load(t, core, accumulator(), 'CPU');
      t.deepEqual(plain.createInferRequest().queryState(), []);
      plain.createInferRequest().resetState();
    },
  );
}

function splitting(check: Check): void {
  const affinity = {
    first: 'WASM',
    'keep first': 'WASM',
    second: 'CPU',
    'keep second': 'CPU',
  };

  check('each stage of a split network keeps the states that are its own', async (t, core) => {
    const wishes = {affinity, states: pairs};
    const executable = await load(t, core, twoSums(), 'HETERO:WASM,CPU', wishes);
    const request = executable.createInferRequest();
    const seen: unknown[] = [];
    for (let round = 0; round < 4; round++) {
      const {y} = await request.infer({x: floats([1])});
      seen.push(y?.data[0]);
    }
    t.deepEqual(seen, [101, 103, 106, 110]);
    const values = request
      .queryState()
      .map(async each => [each.name, (await each.getState()).data]);
    t.deepEqual(await Promise.all(values), [
      ['a', Float32Array.of(4)],
      ['b', Float32Array.of(110)],
    ]);
    request.queryState()[1]?.reset();
    t.is((await request.infer({x: floats([1])}))['y']?.data[0], 105);
  });

  check('an exported network keeps its states, and what they are at first', async (t, core) => {
    const wishes = {affinity, states: pairs};
    const executable = await load(t, core, twoSums(), 'HETERO:WASM,CPU', wishes);
    const imported = await core.importNetwork(await executable.exportNetwork());
    t.teardown(() => imported.release());
    t.deepEqual(
      imported.inputs.map(({name}) => name),
      ['x'],
    );
    const request = imported.createInferRequest();
    const seen: unknown[] = [];
    for (let round = 0; round < 3; round++) {
      const {y} = await request.infer({x: floats([1])});
      seen.push(y?.data[0]);
    }
    t.deepEqual(seen, [101, 103, 106]);
  });

  check('a state that two stages would share is refused, saying which', async (t, core) => {
    const apart = {...affinity, 'keep first': 'CPU'};
    const loading = load(t, core, twoSums(), 'HETERO:WASM,CPU', {affinity: apart, states: pairs});
    await rejects(t, loading, 'NOT_IMPLEMENTED', 'state a', 'CPU', 'WASM', 'setAffinity');
  });
}

function refusing(check: Check): void {
  const wrong: readonly (readonly [string, readonly StateDeclaration[], readonly string[]])[] = [
    ['UNKNOWN_INPUT', [{output: 'total', input: 'ss'}], ["'ss'", "did you mean 's'"]],
    ['UNKNOWN_OUTPUT', [{output: 'totals', input: 's'}], ["'totals'", "did you mean 'total'"]],
    ['INVALID_ARGUMENT', [...sumState, {output: 'y', input: 's'}], ['s in one']],
    ['INVALID_ARGUMENT', [...sumState, {output: 'y', input: 'x'}], ['an output that is none']],
    ['SHAPE_MISMATCH', [{output: 'total', input: 's', initial: floats([1])}], ['[2]', '[1]']],
    ['TYPE_MISMATCH', [{output: 'total', input: 's', initial: tensorOf('i32', [2])}], ['f32']],
  ];

  check('what can be no state is refused when it is declared', async (t, core) => {
    const network = await core.readNetwork(accumulator());
    for (const [code, declarations, texts] of wrong) {
      await rejects(t, () => network.setState(declarations), code as 'UNKNOWN_INPUT', ...texts);
    }
    await rejects(t, () => network.setState(7 as never), 'INVALID_ARGUMENT', 'a list');
    t.deepEqual(network.states, []);
    const dynamic: Network = await core.readNetwork(twoSums());
    const call = () => dynamic.setState([{output: 'nextA', input: 'a'}]);
    await rejects(t, call, 'INVALID_ARGUMENT', 'an initial tensor', '[n]');
  });
}

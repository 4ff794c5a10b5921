import test from 'ava';
import type {InferRequest} from '../../../src/client/infer-request.js';
import {InferenceError} from '../../../src/errors.js';
import {Tensor} from '../../../src/tensor.js';
import {ClientBench} from '../../support/client-bench.js';
import {vector} from '../../support/stage-bench.js';
import {overridable, singleStage} from '../../support/stage-graphs.js';
import {tensorOf} from '../../support/tensor-of.js';

/** A request with its input set. */
function ready(deployment = singleStage()): {client: ClientBench; request: InferRequest} {
  const client = new ClientBench();
  const request = client.load(deployment).createInferRequest();
  request.setInput('x', vector(1));
  return {client, request};
}

const everything: readonly [string, (request: InferRequest) => unknown][] = [
  ['setInput', request => request.setInput('x', vector(2))],
  ['getInput', request => request.getInput('x')],
  ['getOutput', request => request.getOutput('y')],
  ['clearInputs', request => request.clearInputs()],
  ['timings', request => request.timings],
  ['setCallback', request => request.setCallback(() => {})],
  ['startAsync', request => request.startAsync()],
];

test('inputs go out as they were set, and outputs come back as tensors', async t => {
  const {client, request} = ready();
  const outputs = request.infer();
  t.like(client.submissions[0], {timeoutMs: 60_000, profile: false});
  t.deepEqual(client.submissions[0]?.tensors.get('x')?.data, vector(1).data);
  client.done({y: vector(2)});
  const {y} = await outputs;
  t.true(y instanceof Tensor);
  t.deepEqual(y?.data, vector(2).data);
  t.true(request.getOutput('y') === y, 'the same tensor, every time');
});

test('a priority goes with the request; without one, it is that of the network', async t => {
  const high = {...singleStage(), config: {MODEL_PRIORITY: 'HIGH'}};
  for (const [deployment, given, expected] of [
    [singleStage(), undefined, 'MEDIUM'],
    [singleStage(), 'HIGH', 'HIGH'],
    [high, undefined, 'HIGH'],
    [high, 'LOW', 'LOW'],
  ] as const) {
    const {client, request} = ready(deployment);
    request.startAsync(given && {priority: given});
    t.is(client.submissions[0]?.priority, expected);
    client.done({y: vector(1)});
    await request.wait();
  }
});

test('a priority that is none is refused with those there are', async t => {
  const {client, request} = ready();
  const error = {code: 'INVALID_ARGUMENT', message: /LOW, MEDIUM, HIGH, given URGENT/};
  t.like(
    t.throws(() => request.startAsync({priority: 'URGENT' as never}), {message: error.message}),
    {code: error.code},
  );
  await t.throwsAsync(request.infer({}, {priority: 'URGENT' as never}), error);
  t.deepEqual(client.submissions, []);
  t.is(request.state, 'IDLE');
});

test('inputs given to infer are set, and stay', async t => {
  const {client, request} = ready();
  const first = request.infer({x: vector(5)});
  client.done({y: vector(0)});
  await first;
  t.deepEqual(request.getInput('x').data, vector(5).data);
});

for (const [name, call] of everything) {
  test(`${name} is BUSY while the request runs, and serves again afterwards`, async t => {
    const {client, request} = ready();
    request.startAsync();
    t.throws(() => call(request), {instanceOf: InferenceError, message: /runs/});
    t.like(
      t.throws(() => call(request)),
      {code: 'BUSY'},
    );
    client.done({y: vector(1)});
    await request.wait();
    t.notThrows(() => call(request));
  });

  test(`${name} is CANCELLED between cancel and the end`, async t => {
    const {client, request} = ready();
    request.startAsync();
    request.cancel();
    t.like(
      t.throws(() => call(request)),
      {code: 'CANCELLED'},
    );
    client.fail('CANCELLED');
    await t.throwsAsync(request.wait());
    if (name !== 'getOutput') t.notThrows(() => call(request));
  });
}

test('infer is BUSY while the request runs', async t => {
  const {request} = ready();
  request.startAsync();
  t.like(await t.throwsAsync(request.infer()), {code: 'BUSY'});
});

test('cancel reaches the session once, and nothing where nothing runs', async t => {
  const {client, request} = ready();
  request.cancel();
  request.startAsync();
  request.cancel();
  request.cancel();
  t.deepEqual(client.cancelled, [0]);
  client.fail('CANCELLED');
  t.like(await t.throwsAsync(request.wait()), {code: 'CANCELLED'});
  request.cancel();
  t.deepEqual(client.cancelled, [0]);
});

test('wait is true once the run has ended well, again and again', async t => {
  const {client, request} = ready();
  request.startAsync();
  const waiting = [request.wait(), request.wait(60_000)];
  client.done({y: vector(1)});
  t.deepEqual(await Promise.all(waiting), [true, true]);
  t.true(await request.wait());
  t.true(await request.wait(0));
});

test('wait rejects with what the run ended with, again and again', async t => {
  const {client, request} = ready();
  request.startAsync();
  client.fail('STAGE_FAILED');
  t.like(await t.throwsAsync(request.wait()), {code: 'STAGE_FAILED'});
  t.like(await t.throwsAsync(request.wait(0)), {code: 'STAGE_FAILED'});
  t.like(
    t.throws(() => request.getOutput('y')),
    {code: 'STAGE_FAILED'},
  );
});

test('wait with a time is false while the request still runs', async t => {
  const {client, request} = ready();
  request.startAsync();
  t.false(await request.wait(0));
  t.false(await request.wait(1));
  client.done({y: vector(1)});
  t.true(await request.wait(0));
});

test('any time to wait is one, however long', async t => {
  const {client, request} = ready();
  request.startAsync();
  const waiting = [request.wait(Number.POSITIVE_INFINITY), request.wait(2 ** 40)];
  t.false(await request.wait(5), 'timers that fall due at once have been called by now');
  client.done({y: vector(1)});
  t.deepEqual(await Promise.all(waiting), [true, true]);
});

test('wait does not wait for what was never started', async t => {
  const {request} = ready();
  t.true(await request.wait());
  t.false(await request.wait(0));
  t.false(await request.wait(60_000));
});

test('a time to wait that is none is refused', async t => {
  const {request} = ready();
  for (const timeoutMs of [-1, Number.NaN, Number.NEGATIVE_INFINITY]) {
    const error = await t.throwsAsync(request.wait(timeoutMs));
    t.like(error, {code: 'INVALID_ARGUMENT'});
    t.regex(error?.message ?? '', new RegExp(`${timeoutMs}`));
  }
});

test("a run's time that is none is refused before anything is sent", t => {
  const {client, request} = ready();
  for (const timeoutMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.like(
      t.throws(() => request.startAsync({timeoutMs})),
      {code: 'INVALID_ARGUMENT'},
    );
  }
  t.deepEqual(client.orders, []);
  t.notThrows(() => request.startAsync({timeoutMs: 5}), 'it does not run');
});

test('infer sets all of its inputs or none', async t => {
  const {request} = ready();
  await t.throwsAsync(request.infer({x: vector(7), z: vector(1)}), {code: 'UNKNOWN_INPUT'});
  t.is(request.getInput('x').data[0], vector(1).data[0]);
  await t.throwsAsync(request.infer(null as never), {code: 'INVALID_ARGUMENT'});
});

test('inputs that were cleared are missing', t => {
  const {request} = ready();
  request.clearInputs();
  t.throws(() => request.startAsync(), {code: 'MISSING_INPUT'});
});

test('a tensor whose buffer was given away since it was set is refused at the start', t => {
  const {client, request} = ready();
  const given = vector(3);
  request.setInput('x', given);
  structuredClone(given.data, {transfer: [(given.data as Float32Array).buffer as ArrayBuffer]});
  t.throws(() => request.startAsync(), {code: 'SIZE_MISMATCH', message: /^x: .* given 0$/});
  t.deepEqual(client.orders, []);
});

test('tensors are checked before it is asked whether the request runs', async t => {
  const {request} = ready();
  request.startAsync();
  t.throws(() => request.startAsync({timeoutMs: 0}), {code: 'INVALID_ARGUMENT'});
  await t.throwsAsync(request.infer({x: tensorOf('f32', [9])}), {code: 'SHAPE_MISMATCH'});
  await t.throwsAsync(request.infer({z: vector(1)}), {code: 'UNKNOWN_INPUT'});
  t.throws(() => request.setInput('x', tensorOf('f32', [9])), {code: 'BUSY'});
});

test('the state tells whether the request runs', async t => {
  const {client, request} = ready();
  t.is(request.state, 'IDLE');
  request.startAsync();
  t.is(request.state, 'BUSY');
  request.cancel();
  t.is(request.state, 'CANCELLED');
  client.fail('CANCELLED');
  await t.throwsAsync(request.wait());
  t.is(request.state, 'IDLE');
});

test('infer gives the outputs of its own run, whoever starts the next first', async t => {
  const {client, request} = ready();
  const next = request.wait().then(() => undefined);
  const outputs = request.infer();
  const restarted = request.wait().then(() => request.startAsync());
  client.done({y: vector(7)});
  t.deepEqual((await outputs)['y']?.data, vector(7).data);
  await Promise.all([next, restarted]);
});

test('outputs of what has not run are NOT_STARTED', t => {
  const {request} = ready();
  t.like(
    t.throws(() => request.getOutput('y')),
    {code: 'NOT_STARTED'},
  );
});

test('unknown names suggest the nearest', async t => {
  const client = new ClientBench();
  const deployment = singleStage();
  const network = client.load({
    ...deployment,
    inputs: [{name: 'image', type: 'f32', shape: [1, 4]}],
    outputs: [{name: 'scores', type: 'f32', shape: [1, 4]}],
  });
  const request = network.createInferRequest();
  const input = t.throws(() => request.setInput('imgae', vector(1)));
  t.like(input, {code: 'UNKNOWN_INPUT'});
  t.regex(input?.message ?? '', /given 'imgae'; did you mean 'image'\?/);
  t.regex(t.throws(() => request.getInput('imag')).message, /did you mean 'image'\?/);
  const outputs = request.infer({image: vector(1)});
  client.done({scores: vector(1)});
  await outputs;
  const output = t.throws(() => request.getOutput('score'));
  t.like(output, {code: 'UNKNOWN_OUTPUT'});
  t.regex(output?.message ?? '', /did you mean 'scores'\?/);
});

test('names that every object knows are names like others', async t => {
  const {client, request} = ready();
  const outputs = request.infer();
  client.done({y: vector(1)});
  await outputs;
  for (const name of ['toString', 'constructor', '__proto__']) {
    t.like(
      t.throws(() => request.getOutput(name)),
      {code: 'UNKNOWN_OUTPUT'},
    );
    t.like(
      t.throws(() => request.setInput(name, vector(1))),
      {code: 'UNKNOWN_INPUT'},
    );
  }
});

test('an input that was not set says so', t => {
  const {request} = ready(overridable());
  const error = t.throws(() => request.getInput('w'));
  t.like(error, {code: 'UNKNOWN_INPUT', message: 'no tensor was set for the input w'});
});

const misfits: readonly [string, object, string, RegExp][] = [
  ['type', tensorOf('i32', [1, 4]), 'TYPE_MISMATCH', /^x: expected element type f32, given i32/],
  ['shape', tensorOf('f32', [4]), 'SHAPE_MISMATCH', /^x: expected shape \[1,4\], given \[4\]/],
  [
    'size',
    {type: 'f32', shape: [1, 4], data: new Float32Array(3)},
    'SIZE_MISMATCH',
    /^x: .*needs 4 elements, given 3/,
  ],
  ['array', {type: 'f32', shape: [1], data: [1]}, 'TYPE_MISMATCH', /^x: .*Float32Array/],
  ['data', {type: 'f32', shape: [1, 4], data: null}, 'TYPE_MISMATCH', /^x: .*given Null/],
];
for (const [what, tensor, code, message] of misfits) {
  test(`another ${what} than the input's is refused, saying what was expected and given`, t => {
    const {request} = ready();
    const error = t.throws(() => request.setInput('x', tensor as Tensor));
    t.like(error, {code});
    t.regex(error?.message ?? '', message);
    t.deepEqual(request.getInput('x').data, vector(1).data, 'what was set stays');
  });
}

test('what is no tensor at all is refused', t => {
  const {request} = ready();
  for (const value of [null, undefined, 7, [1, 2], new Float32Array(4), {}]) {
    t.like(
      t.throws(() => request.setInput('x', value as unknown as Tensor)),
      {code: 'TYPE_MISMATCH'},
    );
  }
});

test('a missing input is refused before anything is sent', async t => {
  const client = new ClientBench();
  const request = client.load(singleStage()).createInferRequest();
  t.like(
    t.throws(() => request.startAsync()),
    {code: 'MISSING_INPUT'},
  );
  const error = await t.throwsAsync(request.infer());
  t.regex(error?.message ?? '', /none for x/);
  t.deepEqual(client.orders, []);
});

test('an abort before the start starts nothing', async t => {
  const {client, request} = ready();
  t.like(await t.throwsAsync(request.infer({}, {signal: AbortSignal.abort()})), {
    code: 'CANCELLED',
  });
  t.deepEqual(client.orders, []);
});

test('an abort cancels the run that it was given to, and no other', async t => {
  const {client, request} = ready();
  const controller = new AbortController();
  request.setCallback(() => {
    request.startAsync();
    controller.abort();
  });
  request.startAsync({signal: controller.signal});
  client.done({y: vector(1)});
  await client.settle();
  t.deepEqual(client.cancelled, []);
  request.cancel();
  client.fail('CANCELLED');
  await client.settle();

  const second = new AbortController();
  const other = ready();
  other.request.startAsync({signal: second.signal});
  second.abort();
  t.deepEqual(other.client.cancelled, [0]);
});

test('a signal that lives on keeps nothing of the runs that it was given to', async t => {
  const {client, request} = ready();
  const {signal} = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  Object.assign(signal, {
    addEventListener: (...given: Parameters<typeof add>) => {
      listeners++;
      add(...given);
    },
    removeEventListener: (...given: Parameters<typeof remove>) => {
      listeners--;
      remove(...given);
    },
  });
  for (let run = 0; run < 3; run++) {
    const outputs = request.infer({}, {signal});
    t.is(listeners, 1);
    client.done({y: vector(1)});
    await outputs;
  }
  t.is(listeners, 0);
});

test('an output that is no tensor fails the run', async t => {
  const {client, request} = ready();
  const outputs = request.infer();
  client.done({y: {type: 'f32', shape: [9], data: new Float32Array(1)}});
  t.like(await t.throwsAsync(outputs), {code: 'SIZE_MISMATCH'});
});

import test from 'ava';
import {AsyncInferRequest} from '../../../../src/plugin/async-infer-request.js';
import {NamedExecutor} from '../../../../src/plugin/named-executor.js';
import {StagedRequest} from '../../../support/staged-request.js';
import {tensorOf} from '../../../support/tensor-of.js';

const x = tensorOf('f32', [2], [1, 2]);

function executor(name: string, slots = 1): NamedExecutor {
  return new NamedExecutor({name, slots, queuedMax: 16});
}

/** A request with its input set, and the device that a test plays for it. */
function started() {
  const device = new StagedRequest();
  const [task, wait] = [executor('task'), executor('wait', Infinity)];
  const request = new AsyncInferRequest(device, {
    callbackExecutor: executor('callback'),
    pipeline: [
      [task, () => device.runStages('inferPreprocess', 'startPipeline')],
      [wait, () => device.runStages('waitPipeline')],
      [task, () => device.runStages('inferPostprocess')],
    ],
  });
  request.setBlob('x', x);
  return {request, device};
}

test('the stages run in order, and the request is idle again', async t => {
  const {request, device} = started();
  request.startAsync();
  t.is(request.state, 'BUSY');
  device.finishDevice();
  t.true(await request.wait());
  t.is(request.state, 'IDLE');
  t.deepEqual(device.stages, [
    'inferPreprocess',
    'startPipeline',
    'waitPipeline',
    'inferPostprocess',
  ]);
  t.deepEqual(request.getBlob('y'), x);
  t.deepEqual(Object.keys(request.getPerformanceCounts().pipelineUs), device.stages);
});

test('what is called while the request runs is refused with BUSY', async t => {
  const {request, device} = started();
  request.startAsync();
  for (const call of [
    () => request.startAsync(),
    () => request.setBlob('x', x),
    () => request.getBlob('y'),
    () => request.setCallback(() => {}),
    () => request.getPerformanceCounts(),
    () => request.setInputs({tensors: new Map([['x', x]]), owned: false}),
    () => request.result,
  ]) {
    t.like(t.throws(call), {code: 'BUSY'});
  }
  await t.throwsAsync(request.infer(), {code: 'BUSY'});
  request.cancel();
  for (const call of [
    () => request.setBlob('x', x),
    () => request.setInputs({tensors: new Map([['x', x]]), owned: false}),
    () => request.setCallback(() => {}),
    () => request.getPerformanceCounts(),
    () => request.result,
  ]) {
    t.like(t.throws(call), {code: 'CANCELLED'});
  }
  await t.throwsAsync(request.infer(), {code: 'CANCELLED'});
  device.finishDevice();
  await request.wait();
});

test('inputs are checked before it is asked whether the request runs', async t => {
  const device = new StagedRequest();
  const pipeline = [[executor('task'), () => device.infer()]] as const;
  const request = new AsyncInferRequest(device, {callbackExecutor: executor('callback'), pipeline});
  t.like(
    t.throws(() => request.startAsync()),
    {code: 'MISSING_INPUT'},
  );
  t.like(
    t.throws(() => request.setBlob('z', x)),
    {code: 'UNKNOWN_INPUT'},
  );
  t.like(
    t.throws(() => request.setBlob('x', tensorOf('f32', [3]))),
    {code: 'SHAPE_MISMATCH'},
  );
  t.like(
    t.throws(() => request.getBlob('y')),
    {code: 'NOT_STARTED'},
  );
  await t.notThrowsAsync(request.wait());
});

test('after a cancel everything is refused with CANCELLED until the end', async t => {
  const {request, device} = started();
  request.cancel();
  t.is(request.state, 'IDLE', 'an idle request is not cancelled');
  request.startAsync();
  request.cancel();
  t.is(request.state, 'CANCELLED');
  t.like(
    t.throws(() => request.startAsync()),
    {code: 'CANCELLED'},
  );
  t.like(
    t.throws(() => request.getBlob('y')),
    {code: 'CANCELLED'},
  );
  device.finishDevice();
  t.true(await request.wait(), 'a device that does not stop ends as if nobody had asked');
  request.startAsync();
  device.finishDevice();
  t.true(await request.wait());
});

test('a stage that fails skips the rest, and is what wait rejects with every time', async t => {
  const {request, device} = started();
  const errors: unknown[] = [];
  request.setCallback(error => errors.push(error?.code));
  request.startAsync();
  device.failDevice(new Error('the device is on fire'));
  const expected = {code: 'STAGE_FAILED', message: 'the device is on fire'} as const;
  await t.throwsAsync(request.wait(), expected);
  await t.throwsAsync(request.wait(0), expected);
  t.false(device.stages.includes('inferPostprocess'));
  t.deepEqual(errors, ['STAGE_FAILED']);
  request.startAsync();
  device.finishDevice();
  t.true(await request.wait());
});

test('the callback finds the request idle, before wait settles, and may start it again', async t => {
  const {request, device} = started();
  const events: string[] = [];
  request.setCallback(() => {
    events.push(`callback, ${request.state}`);
    if (events.length > 1) return;
    request.startAsync();
    device.finishDevice();
  });
  request.startAsync();
  const waiting = request.wait().then(() => events.push('wait'));
  device.finishDevice();
  await waiting;
  await request.wait();
  t.deepEqual(events, ['callback, IDLE', 'wait', 'callback, IDLE']);
});

test('a callback may replace itself', async t => {
  const {request, device} = started();
  const called: string[] = [];
  request.setCallback(() => {
    called.push('first');
    request.setCallback(() => called.push('second'));
  });
  for (const _ of [1, 2]) {
    request.startAsync();
    device.finishDevice();
    await request.wait();
  }
  t.deepEqual(called, ['first', 'second']);
});

test('what a callback throws is what the run ended with', async t => {
  const {request, device} = started();
  request.setCallback(() => {
    throw new Error('from the callback');
  });
  request.startAsync();
  device.finishDevice();
  await t.throwsAsync(request.wait(), {message: 'from the callback'});
  t.is(request.state, 'IDLE');
});

test('what the promise of a callback rejects with is what the run ended with', async t => {
  const {request, device} = started();
  const leave: ((error: Error) => void)[] = [];
  request.setCallback(() => new Promise((_, reject) => leave.push(reject)));
  request.startAsync();
  const waiting = request.wait();
  device.finishDevice();
  while (leave.length === 0) await new Promise(setImmediate);
  t.is(request.state, 'IDLE');
  t.true(await request.wait(), 'nothing runs: a callback may wait');
  leave[0]?.(new Error('from the promise'));
  await t.throwsAsync(waiting, {message: 'from the promise'});
  await t.throwsAsync(request.wait(), {message: 'from the promise'});
});

test('the promise of a callback holds up nobody else, nor the end', async t => {
  const [first, second] = [started(), started()];
  const shared = executor('callback');
  const requests = [first, second].map(({device}) => {
    const pipeline = [[executor('task'), () => device.infer()]] as const;
    const request = new AsyncInferRequest(device, {callbackExecutor: shared, pipeline});
    request.setBlob('x', x);
    return {request, device};
  });
  const never: Promise<void> = new Promise(() => {});
  requests[0]?.request.setCallback(() => never);
  for (const {request, device} of requests) {
    request.startAsync();
    device.finishDevice();
  }
  t.true(await requests[1]?.request.wait());
  for (const {request} of requests) await request.stopAndWait();
});

test('a request whose callback finds no place on its executor is idle again', async t => {
  const device = new StagedRequest();
  const full = new NamedExecutor({name: 'callback', slots: 1, queuedMax: 0});
  let leave = () => {};
  const occupying = full.run(() => new Promise<void>(resolve => (leave = resolve)));
  const pipeline = [[executor('task'), () => device.infer()]] as const;
  const request = new AsyncInferRequest(device, {callbackExecutor: full, pipeline});
  request.setBlob('x', x);
  const told: unknown[] = [];
  request.setCallback(error => told.push(error));
  request.startAsync();
  device.finishDevice();
  t.true(await request.wait());
  t.deepEqual([request.state, told], ['IDLE', [undefined]]);
  leave();
  await occupying;
});

test('infer does not call back', async t => {
  const {request, device} = started();
  request.setCallback(() => t.fail());
  const running = request.infer();
  device.finishDevice();
  await running;
  t.deepEqual(request.result.tensors.get('y'), x);
});

test('wait with a time tells whether the request has ended', async t => {
  const {request, device} = started();
  t.true(await request.wait(), 'never started');
  t.false(await request.wait(0), 'never started');
  request.startAsync();
  t.false(await request.wait(0));
  device.finishDevice();
  t.true(await request.wait(60_000));
  t.true(await request.wait(0));
  await t.throwsAsync(request.wait(-1), {code: 'INVALID_ARGUMENT'});
  await t.throwsAsync(request.wait(Number.NaN), {code: 'INVALID_ARGUMENT'});
});

test('a stopped request has settled, calls nobody back and starts no more', async t => {
  const {request, device} = started();
  request.setCallback(() => t.fail());
  request.startAsync();
  const stopping = request.stopAndWait();
  device.finishDevice();
  await stopping;
  t.is(request.state, 'STOP');
  const before = device.stages.length;
  request.startAsync();
  t.is(device.stages.length, before);
});

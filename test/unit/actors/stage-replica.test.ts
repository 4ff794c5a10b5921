import test from 'ava';
import {countersMax, type OperationCounter} from '../../../schemas/performance-counters.js';
import {InferenceError} from '../../../src/errors.js';
import {client, onlyAnswer, stageOf, vector} from '../../support/stage-bench.js';
import {chain, diamondWithSkip, singleStage, sourceless} from '../../support/stage-graphs.js';

test('an inference runs and its output goes to the client', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({}, {x: vector(1)});
  t.deepEqual(stage.tasks, [['x']]);
  stage.advance(2);
  stage.finish({y: vector(2)}, 1500);
  const [sent, ...more] = stage.sent();
  t.deepEqual(more, []);
  t.like(sent, {
    to: client,
    message: {
      kind: 'output',
      request: 1,
      attempt: 1,
      stage: 0,
      load: 0,
      timings: [{stage: 0, queueUs: 0, executeUs: 1500, runUs: 2000}],
    },
  });
  t.deepEqual([...(sent?.tensors ?? [])], [['y', vector(2)]]);
});

const gatherings = [
  [0, 1, 2],
  [2, 1, 0],
  [1, 0, 2],
] as const;
const parts = [{s: vector(0)}, {g: vector(1)}, {k: vector(2)}];

for (const order of gatherings) {
  test(`it waits for a frame from every source, in whatever order they come: ${order}`, t => {
    const stage = stageOf(diamondWithSkip(), 3);
    for (const source of order) {
      t.deepEqual(stage.tasks, []);
      stage.infer({source}, parts[source]);
    }
    t.deepEqual(stage.tasks.flat().sort(), ['g', 'k', 's']);
  });
}

test('attempts gather side by side', t => {
  const stage = stageOf(diamondWithSkip(), 3, {slots: 2});
  for (const source of [0, 1, 2]) {
    for (const request of [1, 2]) {
      stage.infer({request, source}, parts[source]);
    }
  }
  t.is(stage.tasks.length, 2);
});

test('timings of all paths come together, each stage once', t => {
  const stage = stageOf(diamondWithSkip(), 3);
  const timing = (of: number) => ({stage: of, queueUs: 0, executeUs: 1, runUs: 1});
  stage.infer({source: 0, timings: [timing(0)]}, parts[0]);
  stage.infer({source: 1, timings: [timing(0), timing(1)]}, parts[1]);
  stage.infer({source: 2, timings: [timing(0), timing(2)]}, parts[2]);
  stage.finish({y: vector(1)});
  const [said] = stage.said();
  t.deepEqual(
    said?.kind === 'output' ? said.timings.map(({stage: of}) => of) : undefined,
    [0, 1, 2, 3],
  );
});

test('a stage without inputs starts with an empty frame', t => {
  const stage = stageOf(sourceless(), 0);
  stage.infer({});
  t.deepEqual(stage.tasks, [[]]);
});

test('a frame that comes twice counts once, whatever the attempt has come to', t => {
  const stage = stageOf(diamondWithSkip(), 3);
  stage.infer({source: 0}, parts[0]);
  stage.infer({source: 0}, parts[0]);
  stage.infer({source: 1}, parts[1]);
  t.deepEqual(stage.tasks, [], 'source 2 is still missing');
  stage.infer({source: 2}, parts[2]);
  stage.infer({source: 2}, parts[2]);
  t.is(stage.tasks.length, 1, 'while it runs');
  stage.finish({y: vector(1)});
  stage.sent();
  for (const source of [0, 1, 2]) stage.infer({source}, parts[source]);
  t.deepEqual(stage.tasks, [], 'after it has ended');
  t.deepEqual(stage.sent(), []);
});

test('a frame from a source that is not expected counts for nothing', t => {
  const stage = stageOf(chain(), 1);
  stage.infer({source: -1}, {x: vector(1)});
  t.deepEqual(stage.tasks, []);
  stage.infer({source: 0}, {h: vector(1)});
  t.deepEqual(stage.tasks, [['h']], 'without what the other brought');
});

test('a later attempt of the same request is another attempt', t => {
  const stage = stageOf(singleStage(), 0, {slots: 2});
  stage.infer({attempt: 1}, {x: vector(1)});
  stage.infer({attempt: 2}, {x: vector(1)});
  t.is(stage.tasks.length, 2);
});

test("a kernel's failure is told with stage and device, as the kernel put it", t => {
  const stage = stageOf(chain(), 1);
  stage.infer({source: 0, request: 5, attempt: 2}, {h: vector(1)});
  const error = new InferenceError('STAGE_FAILED', 'Conv: out of memory', {operation: 'conv'});
  stage.settle({ok: false, error});
  t.like(onlyAnswer(stage), {
    kind: 'failed',
    request: 5,
    attempt: 2,
    stage: 1,
    error: {
      code: 'STAGE_FAILED',
      message: 'Conv: out of memory',
      place: {stage: 'stage1 B', device: 'host-a/A', operation: 'conv'},
    },
  });
  t.like(stage.stats(), {failed: 1, executed: 0});
});

test('whatever a kernel throws is a STAGE_FAILED', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({}, {x: vector(1)});
  stage.settle({ok: false, error: new TypeError('oops')});
  t.like(onlyAnswer(stage), {
    kind: 'failed',
    error: {code: 'STAGE_FAILED', message: 'oops'},
  });
});

test('what is not admitted fails and does not reach the kernel', t => {
  const admit = () => {
    throw new InferenceError('SHAPE_MISMATCH', 'x: expected shape [1,4], given [2]');
  };
  const stage = stageOf(singleStage(), 0, {admit});
  stage.infer({}, {x: vector(1)});
  t.deepEqual(stage.tasks, []);
  t.like(onlyAnswer(stage), {
    kind: 'failed',
    error: {code: 'SHAPE_MISMATCH', place: {stage: 'stage0 A'}},
  });
});

test('a kernel may give away what it was given only if every frame was owned', t => {
  const owned = (...each: readonly boolean[]) => {
    const stage = stageOf(diamondWithSkip(), 3);
    for (const [source, own] of each.entries()) stage.infer({source}, parts[source], own);
    return stage.task.owned;
  };
  t.true(owned(true, true, true));
  t.false(owned(true, false, true));
});

test('the wish for a profile reaches the kernel', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({profile: true}, {x: vector(1)});
  t.true(stage.task.profile);
});

test('a stage that is measured tells the client what it spent, and what on', t => {
  const stage = stageOf(chain(), 0);
  stage.infer({profile: true}, {x: vector(1)});
  stage.advance(3);
  const counters = {pipelineUs: {waitPipeline: 500}, measuringUs: 800, operations: [counter('a')]};
  stage.settle({ok: true, value: {tensors: new Map([['h', vector(1)]]), executeUs: 200, counters}});
  const [toStage, toClient, ...more] = stage.sent();
  t.deepEqual(more, []);
  t.like(toStage, {to: 'stage.D1.0.1.0', message: {kind: 'infer', profile: true}});
  t.false('counters' in Object(toStage?.message), 'they go to the client alone');
  t.deepEqual([...(toClient?.tensors ?? [])], [], 'it owes the client no tensor');
  const times = {queueUs: 0, transferUs: 2000, executeUs: 200, measuringUs: 800};
  t.like(toClient, {
    to: 'client.me',
    message: {kind: 'output', counters: {...counters, ...times, name: 'stage0 A', stage: 0}},
  });
});

test('a stage whose device does not measure tells its times all the same', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({profile: true}, {x: vector(1)});
  stage.finish({y: vector(1)});
  t.like(onlyAnswer(stage), {counters: {device: 'host-a/A', executeUs: 100, operations: []}});
});

test('of a stage with very many operations, only so many are told', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({profile: true}, {x: vector(1)});
  const operations = new Array(countersMax + 1).fill(counter('a'));
  const counters = {pipelineUs: {}, measuringUs: 0, operations};
  stage.settle({ok: true, value: {tensors: new Map([['y', vector(1)]]), executeUs: 1, counters}});
  const told = onlyAnswer(stage) as {readonly counters: {readonly operations: readonly unknown[]}};
  t.is(told.counters.operations.length, countersMax);
});

test('the runtime graph is what the executor answers', t => {
  const stage = stageOf(singleStage(), 0);
  const ask = {from: 'client.me', id: 3};
  stage.receive({kind: 'runtimeGraph', ask});
  stage.settle({ok: true, value: {nodes: []}});
  t.like(onlyAnswer(stage), {kind: 'reply', id: 3, ok: true, value: {nodes: []}});
  stage.receive({kind: 'runtimeGraph', ask});
  stage.settle({ok: false, error: new InferenceError('NOT_IMPLEMENTED', 'it does not tell')});
  const place = {stage: 'stage0 A', device: 'host-a/A'};
  t.like(onlyAnswer(stage), {id: 3, ok: false, error: {code: 'NOT_IMPLEMENTED', place}});
});

test('how long batches wait is told to the executor', t => {
  const stage = stageOf(singleStage(), 0);
  stage.receive({kind: 'configure', ask: {from: 'client.me', id: 3}, batchTimeoutMs: 5});
  t.deepEqual(
    stage.running.map(({task}) => task),
    [{kind: 'configure', batchTimeoutMs: 5}],
  );
  stage.settle({ok: true, value: null});
  t.like(onlyAnswer(stage), {kind: 'reply', id: 3, ok: true, value: null});
});

test('a stage that is stopped answers all that gathers, waits or runs, once', t => {
  const stage = stageOf(diamondWithSkip(), 3);
  const complete = (request: number) => {
    for (const source of [0, 1, 2]) stage.infer({request, source}, parts[source]);
  };
  complete(1);
  complete(2);
  complete(3);
  stage.infer({request: 4, source: 0}, parts[0]);
  stage.cancel(3);
  stage.stop();
  const said = stage.said();
  t.true(said.every(each => each.kind === 'failed' && each.error.code === 'DEVICE_LOST'));
  t.deepEqual(said.map(({request}) => request).sort(), [1, 2, 4]);
});

test('stats are a copy that later inferences do not change', t => {
  const stage = stageOf(singleStage(), 0);
  const before = stage.stats();
  stage.infer({}, {x: vector(1)});
  stage.finish({y: vector(1)});
  t.like(before, {executed: 0});
  t.like(stage.stats(), {executed: 1, failed: 0, cancelled: 0, expired: 0, refused: 0});
});

test('a client address that no token could hold is refused at the door', t => {
  const stage = stageOf(singleStage(), 0);
  for (const bad of ['', 'client.', 'client.a b', 'client.a.b.c', 'all.registry', 'client.a-b']) {
    t.like(
      t.throws(() => stage.infer({client: bad}, {x: vector(1)})),
      {code: 'INVALID_FRAME'},
    );
  }
});

test('a token brings back the client that sent it, with its identity', t => {
  const stage = stageOf(chain(), 0);
  stage.infer({client: 'client.edge-1.x9'}, {x: vector(1)});
  stage.finish({h: vector(1)});
  const [{token = ''} = {}] = stage.sent();
  t.regex(token, /^[\w-]+$/);
  stage.lost(token);
  t.like(stage.sent(), [{to: 'client.edge-1.x9', message: {kind: 'failed'}}]);
});

test('what was finished long ago is forgotten, so that memory is bounded', t => {
  const stage = stageOf(singleStage(), 0, {queuedMax: 1});
  for (let request = 0; request < 5000; request++) stage.cancel(request);
  stage.infer({request: 4999}, {x: vector(1)});
  t.is(stage.running.length, 0);
  stage.infer({request: 0}, {x: vector(1)});
  t.is(stage.running.length, 1);
});

function counter(name: string): OperationCounter {
  const kernel = {execType: 'Relu', nodeType: 'Relu', fused: [], outputTypes: []};
  return {name, status: 'EXECUTED', realUs: 100, cpuUs: 100, ...kernel};
}

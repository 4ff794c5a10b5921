import test from 'ava';
import {onlyAnswer, type StageBench, stageOf, vector} from '../../support/stage-bench.js';
import {chain, diamondWithSkip, singleStage} from '../../support/stage-graphs.js';

const parts = [{s: vector(0)}, {g: vector(1)}, {k: vector(2)}];

test('no more than its slots run at once, the others in the order they came', t => {
  const stage = stageOf(singleStage(), 0, {slots: 2});
  for (const request of [1, 2, 3, 4]) stage.infer({request}, {x: vector(request)});
  t.is(stage.running.length, 2);
  const requests: unknown[] = [];
  while (stage.running.length > 0) {
    stage.finish({y: vector(0)});
    t.true(stage.running.length <= 2);
    requests.push(stage.said()[0]?.request);
  }
  t.deepEqual(requests, [1, 2, 3, 4]);
});

test('the time in the queue and in the kernel is told apart', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({request: 1}, {x: vector(1)});
  stage.infer({request: 2}, {x: vector(2)});
  stage.advance(30);
  stage.finish({y: vector(0)}, 29_000);
  stage.advance(10);
  stage.finish({y: vector(0)}, 9000);
  t.like(stage.said()[1], {
    timings: [{queueUs: 30_000, runUs: 10_000, executeUs: 9000}],
  });
  t.like(stage.stats(), {
    executed: 2,
    queueUs: 30_000,
    executeUs: 38_000,
    runUs: 40_000,
  });
});

test('outputs say how many wait and run at the stage', t => {
  const stage = stageOf(singleStage(), 0);
  for (const request of [1, 2, 3]) stage.infer({request}, {x: vector(1)});
  stage.finish({y: vector(0)});
  t.like(stage.said()[0], {load: 2});
});

test('the next one runs before the outputs of the last are sent', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({request: 1}, {x: vector(1)});
  stage.infer({request: 2}, {x: vector(1)});
  stage.finish({y: vector(1)});
  t.deepEqual(stage.done.slice(-2), ['run', 'send']);
});

test('one more than may wait is refused with QUEUE_FULL and when to come back', t => {
  const stage = stageOf(singleStage(), 0, {queuedMax: 2});
  for (const request of [1, 2, 3]) stage.infer({request}, {x: vector(1)});
  t.deepEqual(stage.sent(), []);
  stage.infer({request: 4}, {x: vector(1)});
  t.like(onlyAnswer(stage), {
    kind: 'failed',
    request: 4,
    stage: 0,
    error: {code: 'QUEUE_FULL', place: {stage: 'stage0 A', device: 'host-a/A', retryAfterMs: 1}},
  });
  stage.infer({request: 4}, {x: vector(1)});
  t.deepEqual(stage.sent(), [], 'a repeat of what was refused is dropped');
  t.like(stage.stats(), {refused: 1});
});

test('the wait that is advised grows with the time that inferences take', t => {
  const stage = stageOf(singleStage(), 0, {queuedMax: 10});
  stage.infer({request: 0}, {x: vector(1)});
  stage.advance(40);
  stage.finish({y: vector(1)});
  stage.sent();
  for (let request = 1; request <= 12; request++) stage.infer({request}, {x: vector(1)});
  t.like(onlyAnswer(stage), {kind: 'failed', error: {place: {retryAfterMs: 200}}});
});

/** Ends what runs until nothing does; requests in the order in which they were answered. */
function finishAll(stage: StageBench): readonly number[] {
  while (stage.running.length > 0) stage.finish({y: vector(0)});
  return stage.said().map(({request}) => request);
}

test('what waits runs by priority, then in the order in which it came', t => {
  const stage = stageOf(singleStage(), 0, {queuedMax: 8});
  for (const request of [1, 2]) stage.infer({request, priority: 'LOW'}, {x: vector(1)});
  for (const request of [3, 4]) stage.infer({request}, {x: vector(1)});
  for (const request of [5, 6]) stage.infer({request, priority: 'HIGH'}, {x: vector(1)});
  t.deepEqual(
    finishAll(stage),
    [1, 5, 6, 3, 4, 2],
    'the first one ran already, and a frame without a priority is MEDIUM',
  );
});

test('a low priority has its turn while higher ones come without end', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({request: 0, priority: 'HIGH'}, {x: vector(1)});
  stage.infer({request: 1000, priority: 'LOW'}, {x: vector(1)});
  let request = 1;
  while (request < 100 && !stage.said().some(each => each.request === 1000)) {
    stage.infer({request: request++, priority: 'HIGH'}, {x: vector(1)});
    stage.finish({y: vector(0)});
  }
  t.is(request, 19, 'after 16 others, and the one that ran');
});

test('where a stage is full, the last of a lower priority gives way', t => {
  const stage = stageOf(singleStage(), 0, {queuedMax: 3});
  for (const request of [1, 2, 3, 4]) stage.infer({request, priority: 'LOW'}, {x: vector(1)});
  stage.infer({request: 5}, {x: vector(1)});
  t.like(onlyAnswer(stage), {request: 4, error: {code: 'QUEUE_FULL', place: {retryAfterMs: 2}}});
  stage.infer({request: 6, priority: 'HIGH'}, {x: vector(1)});
  t.like(onlyAnswer(stage), {request: 3, error: {code: 'QUEUE_FULL'}});
  stage.infer({request: 7, priority: 'HIGH'}, {x: vector(1)});
  t.like(onlyAnswer(stage), {request: 7, error: {code: 'QUEUE_FULL'}}, 'the first of each stay');
  stage.infer({request: 4, priority: 'LOW'}, {x: vector(1)});
  t.like(stage.stats(), {load: 4, refused: 3}, 'what was refused does not come in again');
  t.deepEqual(finishAll(stage), [1, 6, 5, 2]);
});

test('a priority goes on with its request', t => {
  const stage = stageOf(chain(), 0);
  stage.infer({priority: 'HIGH'}, {x: vector(1)});
  stage.finish({h: vector(1)});
  t.like(stage.said()[0], {kind: 'infer', priority: 'HIGH'});
});

test('a frame of a priority that is none is refused at the door', t => {
  const stage = stageOf(singleStage(), 0);
  const error = t.throws(() => stage.infer({priority: 'URGENT' as never}, {x: vector(1)}));
  t.like(error, {code: 'INVALID_FRAME'});
});

test('what gathers counts against the bound, and a gathering that is there still gets its frames', t => {
  const stage = stageOf(diamondWithSkip(), 3, {queuedMax: 2, slots: 1});
  stage.infer({request: 1, source: 0}, parts[0]);
  stage.infer({request: 2, source: 0}, parts[0]);
  stage.infer({request: 3, source: 0}, parts[0]);
  t.like(onlyAnswer(stage), {kind: 'failed', request: 3, error: {code: 'QUEUE_FULL'}});
  for (const request of [1, 2]) {
    stage.infer({request, source: 1}, parts[1]);
    stage.infer({request, source: 2}, parts[2]);
  }
  t.is(stage.running.length, 1);
  stage.finish({y: vector(1)});
  t.is(stage.running.length, 1);
});

test('an attempt cancelled while it gathers, waits or runs says nothing more', t => {
  const gathering = stageOf(diamondWithSkip(), 3);
  gathering.infer({source: 0}, parts[0]);
  gathering.cancel();
  for (const source of [0, 1, 2]) gathering.infer({source}, parts[source]);
  t.deepEqual(gathering.tasks, []);
  t.like(gathering.stats() as object, {cancelled: 1});

  const stage = stageOf(singleStage(), 0);
  stage.infer({request: 1}, {x: vector(1)});
  stage.infer({request: 2}, {x: vector(1)});
  stage.infer({request: 3}, {x: vector(1)});
  stage.cancel(2);
  stage.cancel(1);
  stage.finish({y: vector(1)});
  t.deepEqual(stage.sent(), [], 'the one that ran is discarded');
  stage.finish({y: vector(1)});
  t.like(stage.sent(), [{message: {kind: 'output', request: 3}}]);
  t.like(stage.stats(), {cancelled: 2, executed: 1});
});

test('a cancelled attempt keeps its slot until its kernel has ended', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({request: 1}, {x: vector(1)});
  stage.cancel(1);
  stage.infer({request: 2}, {x: vector(1)});
  t.is(stage.running.length, 1);
  stage.settle({ok: false, error: new Error('killed')});
  t.is(stage.running.length, 1);
  t.deepEqual(stage.sent(), [], 'nor is the failure of what was cancelled told');
});

test('a cancel that overtakes its attempt stops it', t => {
  const stage = stageOf(singleStage(), 0);
  stage.cancel(1);
  stage.infer({request: 1}, {x: vector(1)});
  t.deepEqual(stage.tasks, []);
});

test('a cancel of what has ended changes nothing', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({}, {x: vector(1)});
  stage.finish({y: vector(1)});
  stage.sent();
  stage.cancel();
  t.deepEqual(stage.sent(), []);
  t.like(stage.stats(), {cancelled: 0, executed: 1});
});

test('what gathers past its deadline is dropped and counted', t => {
  const stage = stageOf(diamondWithSkip(), 3, {queuedMax: 1});
  stage.infer({request: 1, source: 0, remainingMs: 100}, parts[0]);
  stage.advance(1000);
  t.like(stage.stats(), {expired: 1});
  stage.infer({request: 2, source: 0}, parts[0]);
  t.deepEqual(stage.sent(), [], 'its place is free again');
});

test('the last input of an attempt past its deadline does not start it', t => {
  const stage = stageOf(diamondWithSkip(), 3);
  stage.infer({source: 0, remainingMs: 100}, parts[0]);
  stage.infer({source: 1, remainingMs: 100}, parts[1]);
  stage.advance(100);
  stage.infer({source: 2, remainingMs: 1}, parts[2]);
  t.deepEqual(stage.tasks, []);
  t.like(stage.stats(), {expired: 1});
});

test('a frame that comes after its deadline does not start anything', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({remainingMs: -5}, {x: vector(1)});
  t.deepEqual(stage.tasks, []);
  t.like(stage.stats(), {expired: 1});
});

test('what waits past its deadline is dropped when its turn comes', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({request: 1}, {x: vector(1)});
  stage.infer({request: 2, remainingMs: 100}, {x: vector(1)});
  stage.infer({request: 3}, {x: vector(1)});
  stage.advance(200);
  stage.finish({y: vector(1)});
  t.is(stage.running.length, 1);
  stage.finish({y: vector(1)});
  t.deepEqual(
    stage.said().map(({request}) => request),
    [1, 3],
  );
  t.like(stage.stats(), {expired: 1, executed: 2});
});

test('what waits past its deadline leaves its place although nothing ends', t => {
  const stage = stageOf(singleStage(), 0, {queuedMax: 1});
  stage.infer({request: 1, remainingMs: 60_000}, {x: vector(1)});
  stage.infer({request: 2, remainingMs: 100}, {x: vector(1)});
  stage.advance(1000);
  stage.infer({request: 3}, {x: vector(1)});
  t.deepEqual(stage.sent(), []);
  t.like(stage.stats(), {expired: 1});
});

test('nothing is watched while nothing waits or runs', t => {
  const stage = stageOf(singleStage(), 0);
  t.deepEqual(stage.timers, []);
  stage.infer({request: 1}, {x: vector(1)});
  stage.infer({request: 2}, {x: vector(1)});
  t.is(stage.timers.length, 1);
  stage.finish({y: vector(1)});
  stage.finish({y: vector(1)});
  stage.advance(1000);
  t.deepEqual(stage.timers, []);
});

test('a kernel that runs on long after its deadline is told of, once', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({request: 1, remainingMs: 1000}, {x: vector(1)});
  stage.advance(10_900);
  t.is(stage.running.length, 1);
  stage.advance(1000);
  t.deepEqual(stage.running.at(-1)?.task, {kind: 'stuck'});
  stage.advance(60_000);
  t.is(stage.running.length, 2);
});

test('outputs that are done after the deadline are sent to nobody', t => {
  const stage = stageOf(chain(), 0);
  stage.infer({remainingMs: 100}, {x: vector(1)});
  stage.advance(100);
  stage.finish({h: vector(1)});
  t.deepEqual(stage.sent(), []);
  t.like(stage.stats(), {executed: 1, expired: 1});
});

test('a discarded attempt is not answered again by a stop', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({}, {x: vector(1)});
  stage.cancel();
  stage.stop();
  t.deepEqual(stage.sent(), []);
});

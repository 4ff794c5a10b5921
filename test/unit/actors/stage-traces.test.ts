import test from 'ava';
import type {Output} from '../../../schemas/messages/client.js';
import type {Infer} from '../../../schemas/messages/stage.js';
import {InferenceError} from '../../../src/errors.js';
import {type StageBench, stageOf, vector} from '../../support/stage-bench.js';
import {chain, singleStage} from '../../support/stage-graphs.js';

const trace = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'vendor=1',
};

function single(options: {readonly queuedMax?: number} = {}): StageBench {
  return stageOf(singleStage(), 0, {traces: true, ...options});
}

function tracedFlags(stage: StageBench): readonly unknown[] {
  const [said] = stage.said() as readonly (Infer | Output)[];
  return said?.timings.map(({traced}) => traced) ?? [];
}

/** What each span tells of its attempt: `1 ok`, `2 QUEUE_FULL`, in order. */
function endings({spans}: StageBench): readonly string[] {
  return spans.map(({attributes, error}) => {
    return `${attributes['heterodyne.request']} ${error?.code ?? 'ok'}`;
  });
}

test('an attempt is a span from its last input to its end, in the trace of its request', t => {
  const stage = single();
  stage.infer({request: 6}, {x: vector(1)});
  stage.advance(5);
  stage.infer({request: 7, attempt: 2, trace}, {x: vector(1)});
  stage.advance(3);
  stage.finish({y: vector(2)});
  stage.advance(4);
  stage.sent();
  stage.finish({y: vector(2)}, 1500);
  const [span, ...more] = stage.spans;
  t.deepEqual(more, [], 'the client does not trace the other');
  const now = stage.time.now();
  t.deepEqual(span, {
    name: 'stage stage0 A',
    parent: trace,
    startedAt: now - 7,
    endedAt: now,
    attributes: {
      'heterodyne.deployment': 'D1',
      'heterodyne.stage': 'stage0 A',
      'heterodyne.role': 'execute',
      'heterodyne.device': 'host-a/A',
      'heterodyne.request': 7,
      'heterodyne.attempt': 2,
      'heterodyne.queue_us': 3000,
      'heterodyne.execute_us': 1500,
    },
    error: undefined,
  });
  t.deepEqual(tracedFlags(stage), [true], 'the client need not make one');
});

test('outputs go out before anything is made of their span', t => {
  const stage = single();
  stage.infer({trace}, {x: vector(1)});
  stage.finish({y: vector(2)});
  t.deepEqual(stage.done.slice(-2), ['send', 'span']);
});

test('a stage passes the trace on, whether or not its own process traces', t => {
  for (const traces of [true, false]) {
    const stage = stageOf(chain(), 0, {traces});
    stage.infer({trace}, {x: vector(1)});
    stage.finish({h: vector(2)});
    const [said] = stage.said();
    t.like(said, {kind: 'infer', trace});
    t.is(stage.spans.length, traces ? 1 : 0);
  }
});

test('a stage whose process does not trace says nothing of spans', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({trace}, {x: vector(1)});
  stage.finish({y: vector(2)});
  t.deepEqual(tracedFlags(stage), [undefined]);
});

test('frames of requests that are not traced are as they were without traces', t => {
  const stage = stageOf(chain(), 0, {traces: true});
  stage.infer({}, {x: vector(1)});
  stage.finish({h: vector(2)});
  const [said] = stage.said() as readonly Infer[];
  t.false(Object.hasOwn(said ?? {}, 'trace'));
  t.false(Object.hasOwn(said?.timings[0] ?? {}, 'traced'));
});

test('what fails or is refused is a span with its error', t => {
  const stage = single({queuedMax: 1});
  stage.infer({request: 1, trace}, {x: vector(1)});
  stage.infer({request: 2, trace}, {x: vector(1)});
  stage.infer({request: 3, trace}, {x: vector(1)});
  stage.infer({request: 4, priority: 'HIGH', trace}, {x: vector(1)});
  stage.settle({ok: false, error: new InferenceError('STAGE_FAILED', 'Conv: out of memory')});
  t.deepEqual(endings(stage), ['3 QUEUE_FULL', '4 QUEUE_FULL', '1 STAGE_FAILED']);
  stage.finish({y: vector(1)});
  t.deepEqual(endings(stage).slice(3), ['2 ok']);
});

test('what a higher priority pushes out is a span from its last input to there', t => {
  const stage = single({queuedMax: 2});
  for (const request of [1, 2, 3]) stage.infer({request, trace}, {x: vector(1)});
  stage.advance(9);
  stage.infer({request: 4, priority: 'HIGH', trace}, {x: vector(1)});
  t.deepEqual(endings(stage), ['3 QUEUE_FULL']);
  const [{startedAt, endedAt} = {startedAt: 0, endedAt: 0}] = stage.spans;
  t.is(endedAt - startedAt, 9);
});

test('what does not fit, and what lacks an output, are spans with their errors', t => {
  const admit = () => {
    throw new InferenceError('SHAPE_MISMATCH', 'x: expected shape [1,4], given [2]');
  };
  const strict = stageOf(singleStage(), 0, {traces: true, admit});
  strict.infer({trace}, {x: vector(1)});
  t.deepEqual(endings(strict), ['1 SHAPE_MISMATCH']);
  const stage = single();
  stage.infer({trace}, {x: vector(1)});
  stage.finish({});
  t.deepEqual(endings(stage), ['1 STAGE_FAILED']);
});

test('what expires is a span, wherever it was at its deadline', t => {
  const stage = single();
  for (const request of [1, 2]) stage.infer({request, remainingMs: 100, trace}, {x: vector(1)});
  stage.infer({request: 3, remainingMs: 0, trace}, {x: vector(1)});
  t.deepEqual(endings(stage), ['3 DEADLINE_EXCEEDED'], 'before it waits');
  stage.advance(100);
  stage.finish({y: vector(1)});
  const both = ['2 DEADLINE_EXCEEDED', '1 DEADLINE_EXCEEDED'];
  t.deepEqual(endings(stage).slice(1), both, 'while it waits, and while it runs');
  const gathering = stageOf(chain(), 1, {traces: true, sources: [0, 1]});
  gathering.infer({source: 0, remainingMs: 100, trace}, {h: vector(1)});
  gathering.advance(1000);
  t.deepEqual(endings(gathering), ['1 DEADLINE_EXCEEDED'], 'while it gathers');
});

test('what is cancelled is a span; what runs then, to the end of its kernel', t => {
  const stage = single();
  for (const request of [1, 2]) stage.infer({request, trace}, {x: vector(1)});
  stage.cancel(2);
  t.deepEqual(endings(stage), ['2 CANCELLED']);
  stage.cancel(1);
  stage.cancel(3);
  t.is(stage.spans.length, 1, 'the device is still at it; of the third nothing has come');
  stage.advance(20);
  stage.finish({y: vector(1)});
  t.deepEqual(endings(stage), ['2 CANCELLED', '1 CANCELLED']);
  t.is((stage.spans[1]?.endedAt ?? 0) - (stage.spans[1]?.startedAt ?? 0), 20);
  stage.cancel(1);
  t.is(stage.spans.length, 2);
});

test('a stage that is stopped leaves a span of all that it held', t => {
  const stage = single();
  for (const request of [1, 2]) stage.infer({request, trace}, {x: vector(1)});
  stage.stop();
  t.deepEqual(endings(stage).toSorted(), ['1 DEVICE_LOST', '2 DEVICE_LOST']);
});

const {traceparent} = trace;
const garbage: readonly unknown[] = [
  'yes',
  {},
  {traceparent: 7},
  {traceparent: ''},
  {traceparent: traceparent.toUpperCase()},
  {traceparent: `${traceparent}-more`},
  {traceparent: traceparent.replace(/^00/, 'ff')},
  {traceparent: '00-00000000000000000000000000000000-b7ad6b7169203331-01'},
  {traceparent: '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01'},
  {traceparent: `${traceparent}\n`},
  {traceparent: 'x'.repeat(1_000_000)},
];

for (const [index, given] of garbage.entries()) {
  test(`a trace that is none is dropped, and its request runs: ${index}`, t => {
    const stage = stageOf(chain(), 0, {traces: true});
    stage.infer({trace: given as Infer['trace']}, {x: vector(1)});
    stage.finish({h: vector(2)});
    const [said] = stage.said();
    t.like(said, {kind: 'infer', trace: undefined});
    t.deepEqual(stage.spans, []);
  });
}

test('a tracestate that is none is dropped, and the trace goes on', t => {
  for (const tracestate of [7, '', 'x'.repeat(513), 'a=\n', 'a=é']) {
    const stage = stageOf(chain(), 0, {traces: true});
    stage.infer({trace: {traceparent, tracestate} as Infer['trace']}, {x: vector(1)});
    stage.finish({h: vector(2)});
    const [said] = stage.said() as readonly Infer[];
    t.is(said?.trace?.traceparent, traceparent);
    t.is(said?.trace?.tracestate, undefined);
    t.is(stage.spans.length, 1);
  }
});

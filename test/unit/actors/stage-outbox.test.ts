import test from 'ava';
import {InferenceError} from '../../../src/errors.js';
import {onlyAnswer, stageOf, vector} from '../../support/stage-bench.js';
import {chain, diamondWithSkip, replicatedChain, singleStage} from '../../support/stage-graphs.js';

test('the next stage is told how much time is left', t => {
  const stage = stageOf(chain(), 0);
  stage.infer({remainingMs: 100}, {x: vector(1)});
  stage.advance(30);
  stage.finish({h: vector(1)});
  t.like(stage.said()[0], {kind: 'infer', source: 0, remainingMs: 70});
});

test('a kernel that leaves an output out has failed', t => {
  const stage = stageOf(chain(), 0);
  stage.infer({}, {x: vector(1)});
  stage.finish({something: vector(1)});
  t.like(onlyAnswer(stage), {
    kind: 'failed',
    error: {code: 'STAGE_FAILED', message: 'the kernel made no output h'},
  });
});

test('a route to a replica that is not there fails the attempt, and nothing else', t => {
  for (const route of [[0, 7], [0], []]) {
    const stage = stageOf(chain(), 0);
    stage.infer({route}, {x: vector(1)});
    t.deepEqual(stage.tasks, []);
    t.like(onlyAnswer(stage), {kind: 'failed', error: {code: 'INVALID_FRAME'}});
  }
});

test('the replicas that the route names get the outputs', t => {
  const stage = stageOf(replicatedChain(), 0);
  stage.infer({request: 1, route: [0, 1]}, {x: vector(1)});
  stage.finish({h: vector(1)});
  stage.infer({request: 2, route: [0, 0]}, {x: vector(1)});
  stage.finish({h: vector(1)});
  t.deepEqual(
    stage.sent().map(({to}) => to),
    ['stage.D1.0.1.1', 'stage.D1.0.1.0'],
  );
});

test('every consumer gets one frame with its tensors, owned where no other gets them', t => {
  const stage = stageOf(diamondWithSkip(), 0);
  stage.infer({route: [0, 0, 0, 0]}, {x: vector(1)});
  stage.finish({h: vector(1), s: vector(2), unused: vector(3)});
  t.deepEqual(
    stage.sent().map(({to, tensors, owned}) => [to, [...(tensors ?? new Map()).keys()], owned]),
    [
      ['stage.D1.0.1.0', ['h'], false],
      ['stage.D1.0.2.0', ['h'], false],
      ['stage.D1.0.3.0', ['s'], true],
    ],
  );
});

test('outputs that lie in one buffer are told apart: who has one may give it away', t => {
  const stage = stageOf(diamondWithSkip(), 0);
  stage.infer({route: [0, 0, 0, 0]}, {x: vector(1)});
  const data = Float32Array.of(1, 2);
  const view = {type: 'f32', shape: [1], data: data.subarray(1)} as const;
  stage.finish({h: {type: 'f32', shape: [2], data}, s: view});
  const [h, , s] = stage.sent().map(({tensors}) => [...(tensors ?? new Map()).values()][0]);
  t.deepEqual([h?.data, s?.data], [Float32Array.of(1, 2), Float32Array.of(2)]);
  t.not(h?.data.buffer, s?.data.buffer);
});

test('a downstream stage that is gone is told to the client as that stage', t => {
  const stage = stageOf(chain(), 0);
  stage.infer({request: 4, attempt: 2}, {x: vector(1)});
  stage.finish({h: vector(1)});
  const token = stage.sent()[0]?.token ?? '';
  t.regex(token, /^[A-Za-z0-9_-]+$/);
  stage.lost(token);
  t.like(onlyAnswer(stage), {
    kind: 'failed',
    request: 4,
    attempt: 2,
    stage: 1,
    error: {code: 'DEVICE_LOST'},
  });
});

test('an output that cannot be sent on is told to the client with the reason', t => {
  const stage = stageOf(chain(), 0);
  stage.infer({}, {x: vector(1)});
  stage.finish({h: vector(1)});
  const token = stage.sent()[0]?.token ?? '';
  stage.unsent(token, new InferenceError('PAYLOAD_TOO_LARGE', 'too large'));
  t.like(onlyAnswer(stage), {
    kind: 'failed',
    stage: 0,
    error: {code: 'PAYLOAD_TOO_LARGE', place: {stage: 'stage0 A'}},
  });
});

test('an output that cannot be sent to the client is told to it, for it waits', t => {
  const stage = stageOf(singleStage(), 0);
  stage.infer({request: 6}, {x: vector(1)});
  stage.finish({y: vector(1)});
  const token = stage.sent()[0]?.token ?? '';
  stage.unsent(token, new InferenceError('PAYLOAD_TOO_LARGE', 'too large'));
  t.like(onlyAnswer(stage), {
    kind: 'failed',
    request: 6,
    stage: 0,
    error: {code: 'PAYLOAD_TOO_LARGE', place: {stage: 'stage0 A'}},
  });
});

test('a token that is none of its own is not answered', t => {
  const stage = stageOf(chain(), 0);
  for (const token of ['', 'ask-1', 'a-b-c-d', 'me-1-2']) stage.lost(token);
  t.deepEqual(stage.sent(), []);
});

import test from 'ava';
import {execute} from '../../../actors/execute.js';
import {postprocess} from '../../../actors/postprocess.js';
import {preprocess} from '../../../actors/preprocess.js';
import type {StageReplica} from '../../../actors/stage-replica.js';
import type {StageSetting} from '../../../actors/stage-setting.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {onlyAnswer, StageBench, vector} from '../../support/stage-bench.js';
import {chain, orderOf, overridable, singleStage} from '../../support/stage-graphs.js';
import {tensorOf} from '../../support/tensor-of.js';

const setting = (order: StageSetting['order']): StageSetting => ({
  order,
  device: 'host-a/A',
  slots: 1,
  queuedMax: 4,
});

const roles: readonly [string, (setting: StageSetting) => StageReplica][] = [
  ['execute', execute],
  ['preprocess', preprocess],
];

const misfits: readonly [string, string, Readonly<Record<string, TensorData>>][] = [
  ['an input left out', 'MISSING_INPUT', {}],
  ['an unknown input', 'UNKNOWN_INPUT', {x: vector(1), z: vector(1)}],
  ['another type', 'TYPE_MISMATCH', {x: tensorOf('i32', [1, 4])}],
  ['another shape', 'SHAPE_MISMATCH', {x: tensorOf('f32', [4])}],
];

for (const [role, start] of roles) {
  for (const [what, code, tensors] of misfits) {
    test(`${role} keeps ${what} by a client from its kernel`, t => {
      const stage = new StageBench(start(setting(orderOf(singleStage(), 0))));
      stage.infer({}, tensors);
      t.deepEqual(stage.tasks, []);
      t.like(onlyAnswer(stage), {kind: 'failed', error: {code, place: {device: 'host-a/A'}}});
    });
  }

  test(`${role} runs what fits`, t => {
    const stage = new StageBench(start(setting(orderOf(singleStage(), 0))));
    stage.infer({}, {x: vector(1)});
    t.deepEqual(stage.tasks, [['x']]);
  });
}

test('an initializer that a request may override may come or not', t => {
  const stage = new StageBench(execute({...setting(orderOf(overridable(), 0)), slots: 2}));
  stage.infer({request: 1}, {x: vector(1)});
  stage.infer({request: 2}, {x: vector(1), w: vector(2)});
  t.deepEqual(stage.tasks, [['x'], ['x', 'w']]);
  stage.infer({request: 3}, {x: vector(1), w: tensorOf('f32', [2])});
  t.like(onlyAnswer(stage), {error: {code: 'SHAPE_MISMATCH'}});
});

test('execute and postprocess take what other stages made as it comes', t => {
  for (const start of [execute, postprocess]) {
    const stage = new StageBench(start(setting(orderOf(chain(), 1))));
    stage.infer({source: 0}, {h: tensorOf('f32', [7])});
    t.deepEqual(stage.tasks, [['h']]);
  }
});

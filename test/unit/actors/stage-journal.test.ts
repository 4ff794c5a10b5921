import test from 'ava';
import {InferenceError} from '../../../src/errors.js';
import {type StageBench, stageOf, vector} from '../../support/stage-bench.js';
import {singleStage} from '../../support/stage-graphs.js';

function fails(stage: StageBench, request: number, error = new Error('kaput')): void {
  stage.infer({request}, {x: vector(1)});
  stage.settle({ok: false, error});
}

test('an attempt that fails is logged by its ids, its tensors are not', t => {
  const stage = stageOf(singleStage(), 0, {executor: 'stage.D1.0.0.0'});
  fails(stage, 7);
  t.deepEqual(stage.logged, [
    {
      do: 'log',
      level: 'warn',
      message: 'an attempt failed',
      fields: {
        deployment: 'D1',
        replica: '0.0.0',
        stage: 'stage0 A',
        device: 'host-a/A',
        client: 'client.me',
        request: 7,
        attempt: 1,
        code: 'STAGE_FAILED',
        reason: 'kaput',
      },
    },
  ]);
});

test('of attempts in a row that fail alike, the first is a warning', t => {
  const stage = stageOf(singleStage(), 0);
  for (const request of [1, 2, 3]) fails(stage, request);
  fails(stage, 4, new InferenceError('DEVICE_LOST', 'gone'));
  stage.infer({request: 5}, {x: vector(1)});
  stage.finish({y: vector(1)});
  fails(stage, 6, new InferenceError('DEVICE_LOST', 'gone'));
  t.deepEqual(
    stage.logged.map(({level}) => level),
    ['warn', 'debug', 'debug', 'warn', 'warn'],
  );
});

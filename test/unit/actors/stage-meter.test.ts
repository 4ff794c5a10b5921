import test from 'ava';
import {metricValue} from '../../support/metric-value.js';
import {type StageBench, stageOf, vector} from '../../support/stage-bench.js';
import {singleStage} from '../../support/stage-graphs.js';

function requests(stage: StageBench, outcome: string): number | undefined {
  return metricValue(stage.metrics(), 'heterodyne_stage_requests_total', {outcome});
}

test('every end of an attempt is counted under its outcome', t => {
  const stage = stageOf(singleStage(), 0, {queuedMax: 2});
  for (const request of [1, 2, 3, 4]) stage.infer({request}, {x: vector(1)});
  stage.cancel(2);
  stage.finish({y: vector(1)});
  stage.finish({});
  stage.infer({request: 5, remainingMs: 10}, {x: vector(1)});
  stage.advance(20);
  stage.finish({y: vector(1)});
  const outcomes = ['executed', 'failed', 'cancelled', 'expired', 'refused'];
  t.deepEqual(
    outcomes.map(outcome => requests(stage, outcome)),
    [2, 1, 1, 1, 1],
  );
});

test('its queue and its kernels are told now, its latencies as histograms', t => {
  const stage = stageOf(singleStage(), 0);
  for (const request of [1, 2, 3]) stage.infer({request}, {x: vector(1)});
  t.is(metricValue(stage.metrics(), 'heterodyne_stage_queued'), 2);
  t.is(metricValue(stage.metrics(), 'heterodyne_stage_running'), 1);
  stage.advance(30);
  stage.finish({y: vector(1)}, 20_000);
  const [execute] = stage
    .metrics()
    .flatMap(metric => (metric.type === 'histogram' ? [metric] : []))
    .filter(({name}) => name === 'heterodyne_stage_execute_seconds');
  const [sample] = execute?.samples ?? [];
  t.is(sample?.sum, 0.02);
  t.deepEqual(
    sample?.buckets.filter(({max}) => max === 0.01 || max === 0.025),
    [
      {max: 0.01, count: 0},
      {max: 0.025, count: 1},
    ],
  );
});

test('its labels say which replica of which stage it is, and where', t => {
  const stage = stageOf(singleStage(), 0, {executor: 'stage.D1.0.2.1'});
  const [metric] = stage.metrics();
  t.like(metric?.samples[0]?.labels, {
    deployment: 'D1',
    replica: '0.2.1',
    device: 'host-a/A',
    outcome: 'executed',
  });
});

import test from 'ava';
import {Core} from '../../../src/index.js';
import {floats, line} from '../../support/cluster-networks.js';
import {metricValue} from '../../support/metric-value.js';

test('every request counts once, under its outcome', async t => {
  const core = await Core.embedded({devices: ['TEMPLATE']});
  t.teardown(() => core.close());
  const executable = await core.loadNetwork(await core.readNetwork(line()), 'TEMPLATE');
  const request = executable.createInferRequest();
  const x = floats([1, 2], 2);
  await request.infer({x});
  await request.infer({x});
  request.setInput('x', x);
  request.startAsync();
  t.is(metricValue(core.metrics(), 'heterodyne_requests_in_flight'), 1);
  request.cancel();
  await t.throwsAsync(request.wait(), {code: 'CANCELLED'});
  const ends = (outcome: string) =>
    metricValue(core.metrics(), 'heterodyne_requests_total', {outcome});
  t.deepEqual([ends('done'), ends('CANCELLED'), ends('QUEUE_FULL')], [2, 1, undefined]);
  t.is(metricValue(core.metrics(), 'heterodyne_requests_in_flight'), 0);
  t.is(metricValue(core.metrics(), 'heterodyne_request_seconds'), 3);
  t.regex(core.prometheusMetrics(), /^heterodyne_requests_total\{outcome="done"\} 2$/m);
});

import test from 'ava';
import {ansiStyle} from '../../../../src/cli/ansi.js';
import {describeActivity} from '../../../../src/cli/top/describe-activity.js';
import {activityOf} from '../../../support/cluster-activity.js';

const plain = ansiStyle(false);
const rates = new Map([
  [
    'stage.D123456789.0.0.0',
    {executedPerSecond: 12.34, troublePerSecond: 0, queueMs: 0.5, executeMs: null},
  ],
]);

test('devices, deployments and stages are told in three tables', t => {
  const text = describeActivity(activityOf({load: 3}), rates, plain);
  t.deepEqual(text.split('\n'), [
    '2 devices, 1 deployments',
    '',
    'DEVICE      STATE              STAGES  RUNS/S  LOAD',
    'host-a/CPU  alive, 2 restarts       1    12.3     3',
    'host-b/GPU  given up                0     0.0     0  exit status 3',
    '',
    'DEPLOYMENT  NETWORK  DEVICE  STATE   EPOCH  CLIENTS',
    'D1234567    digits   CPU     loaded      3        1',
    '',
    'DEPLOYMENT  STAGE       DEVICE      LOAD  RUNS/S  QUEUE MS  RUN MS  ERRORS/S',
    'D1234567    stage0 CPU  host-a/CPU     3    12.3      0.50       –       0.0',
  ]);
});

test('a stage that does not answer is not shown as one that does nothing', t => {
  const text = describeActivity(activityOf(null), new Map(), plain);
  t.regex(text, /stage0 CPU +host-a\/CPU +– +– +– +– +–$/);
});

test('a cluster without deployments has no table of stages', t => {
  const text = describeActivity({devices: [], deployments: []}, new Map(), plain);
  t.notRegex(text, /STAGE /);
  t.regex(text, /^0 devices/);
});

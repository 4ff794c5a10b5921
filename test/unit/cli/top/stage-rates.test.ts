import test from 'ava';
import {stageRates} from '../../../../src/cli/top/stage-rates.js';
import {activityOf} from '../../../support/cluster-activity.js';

const address = 'stage.D123456789.0.0.0';

test('rates are what was done between two looks, times are means of that', t => {
  const before = {executed: 10, queueUs: 1000, executeUs: 5000, refused: 1};
  const after = {executed: 30, queueUs: 21_000, executeUs: 45_000, refused: 2, failed: 3};
  const rates = stageRates(
    {activity: activityOf(before), atMs: 1000},
    {activity: activityOf(after), atMs: 3000},
  );
  t.deepEqual(rates.get(address), {
    executedPerSecond: 10,
    troublePerSecond: 2,
    queueMs: 1,
    executeMs: 2,
  });
});

test('a stage that did nothing has no mean times', t => {
  const looks = [1000, 2000].map(atMs => ({activity: activityOf({executed: 5}), atMs}));
  const [before, after] = looks;
  if (before === undefined || after === undefined) throw new Error('two looks');
  t.like(stageRates(before, after).get(address), {
    executedPerSecond: 0,
    queueMs: null,
    executeMs: null,
  });
});

test('a stage that was not there, or did not answer, has no rates', t => {
  const seen = {activity: activityOf({}), atMs: 2000};
  const silent = {activity: activityOf(null), atMs: 1000};
  const empty = {activity: {devices: [], deployments: []}, atMs: 1000};
  t.is(stageRates(silent, seen).size, 0);
  t.is(stageRates(empty, seen).size, 0);
  t.is(stageRates(seen, {...silent, atMs: 3000}).size, 0);
});

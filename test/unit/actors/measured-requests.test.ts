import test from 'ava';
import {requestCounters} from '../../../actors/request-counters.js';
import type {StageCounters} from '../../../schemas/performance-counters.js';
import {SessionBench} from '../../support/session-bench.js';
import {vector} from '../../support/stage-bench.js';
import {chain} from '../../support/stage-graphs.js';

function counters(stage: number, executeUs: number): StageCounters {
  const times = {queueUs: 10, transferUs: 20, executeUs, measuringUs: 5};
  const place = {name: `stage${stage}`, device: 'host-a/A'};
  return {stage, ...place, ...times, pipelineUs: {}, operations: []};
}

test('a measured request waits for every stage, also those that owe it no output', t => {
  const session = new SessionBench();
  const request = session.submit(chain(), {profile: true});
  t.true(session.infers().every(({message}) => message.profile));
  session.output({request, attempt: 1}, 1, {y: vector(2)}, counters(1, 300));
  t.deepEqual(session.ends, []);
  session.advance(2);
  session.output({request, attempt: 1}, 0, {}, counters(0, 200));
  const stages = [counters(0, 200), counters(1, 300)];
  t.like(session.endOf(request), {
    kind: 'done',
    outputs: new Map([['y', vector(2)]]),
    counters: {totalUs: 2000, queueUs: 0, transferUs: 2000 - 235 - 335, stages},
  });
});

test('counters of an attempt that failed do not count', t => {
  const session = new SessionBench();
  const request = session.submit(chain(), {profile: true});
  session.output({request, attempt: 1}, 0, {}, counters(0, 200));
  session.fail({request, attempt: 1}, 1, 'QUEUE_FULL');
  session.advance(2000);
  session.output({request, attempt: 2}, 0, {}, counters(0, 400));
  session.output({request, attempt: 2}, 1, {y: vector(2)}, counters(1, 300));
  const end = session.endOf(request);
  const told = end?.kind === 'done' ? end.counters : undefined;
  t.deepEqual(told?.stages, [counters(0, 400), counters(1, 300)]);
  t.true((told?.queueUs ?? 0) > 0, 'the failed attempt is time before this one');
});

test('a request that is not measured tells no counters', t => {
  const session = new SessionBench();
  const request = session.submit(chain());
  session.output({request, attempt: 1}, 1, {y: vector(2)});
  const end = session.endOf(request);
  t.is(end?.kind, 'done');
  t.false(end !== undefined && 'counters' in end);
});

test('of stages side by side the slower counts, and what is left is transfer', t => {
  const [a, b, c, d] = [counters(0, 100), counters(1, 500), counters(2, 50), counters(3, 100)];
  const before = [[], [0], [0], [0, 1, 2]];
  const plan = {before, stages: [], frames: [], senders: [], keepers: [], echoes: new Map()};
  const told = requestCounters(plan, [d, c, b, a], {totalUs: 1000, queueUs: 100});
  const each = 35;
  t.is(told.transferUs, 900 - (100 + each) - (500 + each) - (100 + each));
  t.deepEqual(told.stages, [a, b, c, d]);
});

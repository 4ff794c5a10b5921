import test from 'ava';
import type {SubmittedState} from '../../../actors/client-request.js';
import type {Way} from '../../../actors/route-table.js';
import type {Deployment} from '../../../schemas/deployment.js';
import type {StageMessage} from '../../../schemas/messages/stage.js';
import {kindOf, SessionBench} from '../../support/session-bench.js';
import {vector} from '../../support/stage-bench.js';
import {twoReplicas} from '../../support/stage-graphs.js';

/** x -> [0] -> y, where [0] has two replicas and keeps a state. */
function stateful(): Deployment {
  const deployment = twoReplicas();
  const states = [{name: 's', output: 't', input: 's'}];
  const variants = deployment.variants.map(variant => {
    const stages = variant.stageGraph.stages.map(stage => ({...stage, states}));
    return {...variant, stageGraph: {...variant.stageGraph, stages}};
  });
  return {...deployment, variants};
}

const fresh: SubmittedState = {session: 0, step: 0, way: undefined, read: false};

/** A session whose request has gone well once, and the way that it went. */
function afterOne(deployment = stateful()): {session: SessionBench; way: Way} {
  const session = new SessionBench();
  session.submit(deployment); // It keeps the first replica busy.
  const request = session.submit(deployment, {state: fresh});
  session.output({request, attempt: 1}, 0, {y: vector(1)});
  const end = session.endOf(request);
  if (end?.kind !== 'done' || end.way === undefined) throw new Error('it went well, on a way');
  session.sent();
  return {session, way: end.way};
}

test('an inference says what it goes on from, and where it was is told', t => {
  const {session, way} = afterOne();
  t.deepEqual(way.route, [1]);
  session.submit(stateful(), {state: {...fresh, step: 1, way}});
  t.like(session.infers(), [{message: {state: {session: 0, step: 1}, route: [1]}}]);
});

test('a request goes where its states are, however busy that is', t => {
  const {session, way} = afterOne();
  for (let each = 0; each < 3; each++)
    session.submit(stateful(), {state: {...fresh, step: 1, way}});
  t.deepEqual(
    session.infers().map(({message}) => message.route),
    [[1], [1], [1]],
  );
});

test('states are lost once their replica has been gone for as long as a request waits', t => {
  const {session, way} = afterOne();
  const request = session.submit(stateful(), {state: {...fresh, step: 1, way}});
  for (let round = 0; session.endOf(request) === undefined && round < 100; round++) {
    const [sent] = session.infers();
    if (sent !== undefined) session.lost(sent.token ?? '');
    session.advance(500);
  }
  const end = session.endOf(request);
  t.like(end, {kind: 'failed', error: {code: 'STATE_LOST', device: 'host-b/A'}});
  t.regex(end?.kind === 'failed' ? end.error.message : '', /resetState/);
  t.true(session.time.now() <= 5000, 'in the time in which others give up, too');
});

test('states are lost at once where their variant is no more', t => {
  const {session, way} = afterOne();
  const deployment = stateful();
  const variants = deployment.variants.map(variant => ({...variant, id: 7}));
  const state = {...fresh, step: 1, way};
  const request = session.submit({...deployment, id: 'D2', variants}, {state});
  t.like(session.endOf(request), {kind: 'failed', error: {code: 'STATE_LOST'}});
});

test('a failure for good is not tried in another variant, away from the states', t => {
  const {session, way} = afterOne();
  const deployment = {...stateful(), id: 'D3', fallback: true};
  const [variant] = deployment.variants;
  if (variant === undefined) return t.fail();
  const both = {...deployment, variants: [variant, {...variant, id: 1}]};
  const request = session.submit(both, {state: {...fresh, step: 1, way}});
  session.fail({request, attempt: 1}, 0, 'STAGE_FAILED');
  t.like(session.endOf(request), {kind: 'failed', error: {code: 'STAGE_FAILED'}});
});

test('states are read from the stages that keep them', t => {
  const {session, way} = afterOne();
  const request = session.submit(stateful(), {
    inputs: {},
    state: {session: 0, step: 1, way, read: true},
  });
  const [sent, ...more] = session.sent();
  t.deepEqual(more, []);
  t.like(sent, {
    to: 'stage.D1.0.0.1',
    message: {kind: 'readState', client: 'client.me', request, state: {session: 0, step: 1}},
  });
  session.output({request, attempt: 1}, 0, {s: vector(5)});
  const end = session.endOf(request);
  t.deepEqual(end?.kind === 'done' ? end.outputs.get('s')?.data : undefined, vector(5).data);
});

test('who begins anew has what was kept forgotten', t => {
  const {session, way} = afterOne();
  session.order({kind: 'forgetState', session: 0, way});
  const [sent] = session.sent();
  t.is(sent?.to, 'stage.D1.0.0.1');
  t.deepEqual(sent?.message as StageMessage, {
    kind: 'forgetState',
    client: 'client.me',
    session: 0,
  });
  t.is(sent && kindOf(sent), 'forgetState');
});

import test from 'ava';
import type {Ask} from '../../../schemas/messages/ask.js';
import {InferenceError} from '../../../src/errors.js';
import type {Question} from '../../../src/kernel/asks.js';
import type {Effect, Outcome} from '../../../src/kernel/behaviour.js';
import {type Flow, type FlowMessage, Flows} from '../../../src/kernel/flows.js';

function questionTo(to: string): Question {
  return {
    to,
    timeoutMs: 100,
    message: (ask: Ask) => ask,
    absent: () => new InferenceError('DEVICE_LOST', `${to} is gone`),
  };
}

/** What a flow ended with, as an effect. */
const ended = (outcome: Outcome): Effect<never>[] => [{do: 'emit', event: outcome}];
const endOf = (effects: readonly Effect<FlowMessage>[]) =>
  effects.flatMap(effect => (effect.do === 'emit' ? [effect.event] : []));
const reply = (id: number, value: unknown) => ({
  kind: 'reply' as const,
  id,
  ok: true as const,
  value,
});

function settledOf(effects: readonly Effect<FlowMessage>[]): (outcome: Outcome) => FlowMessage {
  const [run] = effects.filter(effect => effect.do === 'run');
  if (run === undefined) throw new Error('expected a run');
  return run.settled;
}

test('a flow that waits for nothing ends at once', t => {
  const flows = new Flows('me');
  const effects = flows.start(
    // biome-ignore lint/correctness/useYield: it has nothing to wait for.
    (function* (): Flow<number> {
      return 7;
    })(),
    ended,
  );
  t.deepEqual(endOf(effects), [{ok: true, value: 7}]);
  t.is(flows.size, 0);
});

test('a flow goes on with what its task came to', t => {
  const flows = new Flows('me');
  const effects = flows.start(
    (function* (): Flow<unknown> {
      const first = yield {wait: 'run', executor: 'work', task: 'a'};
      const second = yield {wait: 'run', executor: 'work', task: 'b'};
      return [first, second];
    })(),
    ended,
  );
  t.like(effects, [{do: 'run', executor: 'work', task: 'a'}]);
  const next = flows.resume(settledOf(effects)({ok: true, value: 1}));
  t.like(next, [{do: 'run', executor: 'work', task: 'b'}]);
  t.is(flows.size, 1);
  const last = flows.resume(settledOf(next)({ok: true, value: 2}));
  t.deepEqual(endOf(last), [{ok: true, value: [1, 2]}]);
  t.is(flows.size, 0);
});

test("a task's error is thrown into the flow, which may catch it", t => {
  const flows = new Flows('me');
  const effects = flows.start(
    (function* (): Flow<string> {
      try {
        yield {wait: 'run', executor: 'work', task: 'a'};
        return 'well';
      } catch (error) {
        return `caught ${(error as Error).message}`;
      }
    })(),
    ended,
  );
  const error = new Error('broke');
  t.deepEqual(endOf(flows.resume(settledOf(effects)({ok: false, error}))), [
    {ok: true, value: 'caught broke'},
  ]);
});

test('an error that a flow does not catch is what it ends with', t => {
  const flows = new Flows('me');
  const error = new Error('broke');
  const effects = flows.start(
    // biome-ignore lint/correctness/useYield: it fails before it waits.
    (function* (): Flow<never> {
      throw error;
    })(),
    ended,
  );
  t.deepEqual(endOf(effects), [{ok: false, error}]);
  t.is(flows.size, 0);
});

function* askAll(...to: readonly string[]): Flow<readonly Outcome[]> {
  return (yield {wait: 'ask', questions: to.map(questionTo)}) as Outcome[];
}

test('answers come in the order of the questions, however they arrived', t => {
  const flows = new Flows('me');
  flows.start(askAll('a', 'b', 'c'), ended);
  t.deepEqual(endOf(flows.onReply(reply(2, 'from c'))), []);
  t.deepEqual(endOf(flows.onReply(reply(0, 'from a'))), []);
  t.deepEqual(endOf(flows.onReply(reply(1, 'from b'))), [
    {
      ok: true,
      value: [
        {ok: true, value: 'from a'},
        {ok: true, value: 'from b'},
        {ok: true, value: 'from c'},
      ],
    },
  ]);
});

test('one question may stay without answer and one may reach nobody; the others are kept', t => {
  const flows = new Flows('me');
  flows.start(askAll('a', 'b', 'c', 'd'), ended);
  flows.onReply(reply(0, 1));
  flows.onLost('ask-1');
  flows.onLost('ask-3', new InferenceError('CONNECTION_LOST', 'closed'));
  const [end] = endOf(flows.resume({kind: 'askTimeout', id: 2}));
  t.like(end as object, {
    ok: true,
    value: [
      {ok: true, value: 1},
      {ok: false, error: {code: 'DEVICE_LOST', message: 'b is gone'}},
      {ok: false, error: {code: 'DEADLINE_EXCEEDED'}},
      {ok: false, error: {code: 'CONNECTION_LOST'}},
    ],
  });
});

test('a flow that asks nobody goes on at once with no answers', t => {
  t.deepEqual(endOf(new Flows('me').start(askAll(), ended)), [{ok: true, value: []}]);
});

test('answers repeated, late or for nobody change nothing', t => {
  const flows = new Flows('me');
  flows.start(askAll('a', 'b'), ended);
  flows.onReply(reply(0, 1));
  t.deepEqual(flows.onReply(reply(0, 'again')), []);
  t.deepEqual(flows.onReply(reply(9, 'for nobody')), []);
  t.deepEqual(flows.onLost('ask-0'), []);
  t.like(endOf(flows.onReply(reply(1, 2))), [
    {
      value: [
        {ok: true, value: 1},
        {ok: true, value: 2},
      ],
    },
  ]);
  t.deepEqual(flows.resume({kind: 'askTimeout', id: 1}), []);
  t.deepEqual(flows.resume({kind: 'flowRan', flow: 0, outcome: {ok: true, value: 1}}), []);
});

test('flows run side by side, each with its own answers', t => {
  const flows = new Flows('me');
  flows.start(askAll('a'), ended);
  flows.start(askAll('b'), ended);
  t.is(flows.size, 2);
  t.like(endOf(flows.onReply(reply(1, 'b'))), [{value: [{value: 'b'}]}]);
  t.like(endOf(flows.onReply(reply(0, 'a'))), [{value: [{value: 'a'}]}]);
});

test('an abandoned flow ends with the error, whatever it waits for', t => {
  const flows = new Flows('me');
  flows.start(askAll('a'), ended);
  const running = flows.start(
    (function* (): Flow<unknown> {
      return yield {wait: 'run', executor: 'work', task: 1};
    })(),
    ended,
  );
  const error = new InferenceError('NO_COORDINATOR', 'closing');
  const effects = flows.abandon(error);
  t.deepEqual(endOf(effects), [
    {ok: false, error},
    {ok: false, error},
  ]);
  t.true(effects.some(effect => effect.do === 'cancelTimer'));
  t.is(flows.size, 0);
  t.deepEqual(flows.onReply(reply(0, 'late')), []);
  t.deepEqual(flows.resume(settledOf(running)({ok: true, value: 'late'})), []);
});

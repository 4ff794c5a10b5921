import test from 'ava';
import type {Ask} from '../../../schemas/messages/ask.js';
import {InferenceError} from '../../../src/errors.js';
import {Asks, type Question} from '../../../src/kernel/asks.js';
import type {Outcome} from '../../../src/kernel/behaviour.js';

const question: Question = {
  to: 'device.1',
  timeoutMs: 500,
  message: (ask: Ask) => ({kind: 'query', ask}),
  absent: () => new InferenceError('DEVICE_LOST', 'device 1 is gone'),
};

const outcome = (end: Outcome) => end;

test('a question is sent with the address and the number that the answer goes to', t => {
  const effects = new Asks<Outcome>('me').ask(question, outcome);
  t.like(effects, [
    {do: 'after', delayMs: 500, message: {kind: 'askTimeout', id: 0}},
    {do: 'send', to: 'device.1', message: {kind: 'query', ask: {from: 'me', id: 0}}},
  ]);
});

test('a reply settles its question once and ends its timer', t => {
  const asks = new Asks<Outcome>('me');
  const [armed] = asks.ask(question, outcome);
  const reply = {kind: 'reply' as const, id: 0, ok: true as const, value: 42};
  t.deepEqual(asks.onReply(reply), {
    effects: [{do: 'cancelTimer', key: armed?.do === 'after' ? armed.key : ''}],
    settled: {ok: true, value: 42},
  });
  t.is(asks.onReply(reply), undefined);
  t.is(asks.onTimeout({kind: 'askTimeout', id: 0}), undefined);
  t.is(asks.onLost('ask-0'), undefined);
});

test('an error in a reply is an InferenceError again', t => {
  const asks = new Asks<Outcome>('me');
  asks.ask(question, outcome);
  const error = new InferenceError('COMPILE_FAILED', 'no', {device: 'CPU'});
  const end = asks.onReply({kind: 'reply', id: 0, ok: false, error: error.toWire()});
  t.like(end?.settled, {
    ok: false,
    error: {code: 'COMPILE_FAILED', message: 'no', device: 'CPU'},
  });
});

test('a question that nobody answers ends with DEADLINE_EXCEEDED, saying whom and how long', t => {
  const asks = new Asks<Outcome>('me');
  asks.ask(question, outcome);
  const end = asks.onTimeout({kind: 'askTimeout', id: 0});
  t.like(end?.settled, {
    ok: false,
    error: {code: 'DEADLINE_EXCEEDED', message: 'no answer from device.1 within 500 ms'},
  });
});

test('a question that reached nobody ends as the asker says', t => {
  const asks = new Asks<Outcome>('me');
  asks.ask(question, outcome);
  t.like(asks.onLost('ask-0')?.settled, {ok: false, error: {message: 'device 1 is gone'}});
});

test('a question that could not be sent ends with the reason', t => {
  const asks = new Asks<Outcome>('me');
  asks.ask(question, outcome);
  const error = new InferenceError('PAYLOAD_TOO_LARGE', 'too large');
  t.deepEqual(asks.onLost('ask-0', error)?.settled, {ok: false, error});
});

test('questions to an address that is gone end as the asker says, and no others', t => {
  const asks = new Asks<Outcome>('me');
  asks.ask(question, outcome);
  asks.ask({...question, to: 'device.2'}, outcome);
  t.like(asks.onGone(new Set(['device.1', 'device.9'])), [
    {effects: [{do: 'cancelTimer'}], settled: {error: {code: 'DEVICE_LOST'}}},
  ]);
  t.is(asks.onLost('ask-0'), undefined);
  t.not(asks.onLost('ask-1'), undefined);
});

test('tokens of something else are not taken', t => {
  const asks = new Asks<Outcome>('me');
  asks.ask(question, outcome);
  t.is(asks.onLost('0-1-2'), undefined);
  t.is(asks.onLost('ask-7'), undefined);
});

test('abandoned questions end with the error, and their timers with them', t => {
  const asks = new Asks<Outcome>('me');
  asks.ask(question, outcome);
  asks.ask(question, outcome);
  const error = new InferenceError('RELEASED', 'closed');
  const ends = asks.abandon(error);
  t.deepEqual(
    ends.map(({settled}) => settled),
    [
      {ok: false, error},
      {ok: false, error},
    ],
  );
  t.deepEqual(
    ends.flatMap(({effects}) => effects.map(effect => effect.do)),
    ['cancelTimer', 'cancelTimer'],
  );
  t.deepEqual(asks.abandon(error), []);
});

test('a question that may be repeated is sent again until its time is over, under one number', t => {
  const asks = new Asks<Outcome>('me');
  const repeated = asks.ask({...question, repeatMs: 200}, outcome);
  t.like(repeated, [{do: 'after', delayMs: 200}, {do: 'send'}]);
  for (const delayMs of [200, 100]) {
    const again = asks.onTimeout({kind: 'askTimeout', id: 0});
    t.is(again?.settled, undefined);
    t.like(again?.effects, [
      {do: 'after', delayMs},
      {do: 'send', message: {ask: {id: 0}}},
    ]);
  }
  const end = asks.onTimeout({kind: 'askTimeout', id: 0});
  t.like(end?.settled, {ok: false, error: {code: 'DEADLINE_EXCEEDED'}});
});

import test from 'ava';
import {KeptStates} from '../../../actors/kept-states.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {tensorOf} from '../../support/tensor-of.js';

const pairs = [
  {name: 'h', input: 'h in', output: 'h out'},
  {name: 'c', input: 'c in', output: 'c out'},
];

const one = (value: number) => tensorOf('f32', [1], [value]);
const named = (side: 'in' | 'out', h: number, c: number) =>
  new Map([
    [`h ${side}`, one(h)],
    [`c ${side}`, one(c)],
  ]);
const none = new Map<string, TensorData>();
const values = (tensors: ReadonlyMap<string, TensorData>) =>
  [...tensors].map(([name, {data}]) => [name, data[0]]);

let requests = 0;
const attemptOf = (attempt = 1, client = 'client.me') => {
  return {client, request: requests++, attempt};
};
const at = (step: number, session = 0) => ({session, step});

/** States of session 0 after one inference: h is 10, c is 20. */
function afterOne(): KeptStates {
  const states = new KeptStates(pairs);
  const first = attemptOf();
  states.enter(first, at(0), named('in', 1, 2), 0);
  states.leave(first, at(0), named('out', 10, 20));
  return states;
}

test('an inference goes on from what the one before it made', t => {
  const states = afterOne();
  t.deepEqual(values(states.enter(attemptOf(), at(1), none, 0)), [
    ['h in', 10],
    ['c in', 20],
  ]);
});

test('what a client brings counts more than what is kept', t => {
  const states = afterOne();
  const brought = new Map([['c in', one(7)]]);
  t.deepEqual(values(states.enter(attemptOf(), at(1), brought, 0)), [
    ['h in', 10],
    ['c in', 7],
  ]);
});

test('an attempt that is repeated goes on from the same states', t => {
  const states = afterOne();
  for (let attempt = 1; attempt < 4; attempt++) {
    const of = attemptOf(attempt);
    t.is(states.enter(of, at(1), none, 0).get('h in')?.data[0], 10);
    states.leave(of, at(1), named('out', 30, 40));
  }
  t.is(states.enter(attemptOf(), at(2), none, 0).get('h in')?.data[0], 30);
  t.throws(() => states.enter(attemptOf(), at(1), none, 0), {code: 'STATE_LOST'});
});

test('an attempt that ends after a later one changes nothing', t => {
  const states = afterOne();
  const [early, late] = [attemptOf(), attemptOf()];
  for (const of of [early, late]) states.enter(of, at(1), none, 0);
  states.leave(late, at(1), named('out', 30, 40));
  states.leave(early, at(1), named('out', 0, 0));
  states.leave(attemptOf(), at(0), named('out', 0, 0));
  t.is(states.enter(attemptOf(), at(2), none, 0).get('h in')?.data[0], 30);
});

test('states that are not here are lost, and said so', t => {
  const states = afterOne();
  const lost = {code: 'STATE_LOST', message: /resetState/};
  t.throws(() => states.enter(attemptOf(), at(1, 9), none, 0), lost);
  t.throws(() => states.enter(attemptOf(), at(3), none, 0), lost);
  t.throws(() => states.enter(attemptOf(1, 'client.other'), at(1), none, 0), lost);
  t.throws(() => states.enter(attemptOf(), at(0, 9), new Map([['h in', one(1)]]), 0), lost);
  t.throws(() => states.read('client.me', at(5)), lost);
});

test('states are read by their names, before the inference that is asked about', t => {
  const states = afterOne();
  t.deepEqual(values(states.read('client.me', at(1))), [
    ['h', 10],
    ['c', 20],
  ]);
  t.deepEqual(values(states.read('client.me', at(0))), [
    ['h', 1],
    ['c', 2],
  ]);
});

test('what is forgotten, or has been idle for ten minutes, is gone', t => {
  const states = afterOne();
  states.expire(599_999);
  t.is(states.size, 1);
  states.enter(attemptOf(), at(1), none, 599_999);
  states.expire(600_001);
  t.is(states.size, 1);
  states.expire(1_200_000);
  t.is(states.size, 0);
  const again = afterOne();
  again.forget('client.other', 0);
  t.is(again.size, 1);
  again.forget('client.me', 0);
  t.is(again.size, 0);
});

test('an infer request beyond the bound of bytes is refused', t => {
  const states = new KeptStates(pairs);
  const data = Object.defineProperty(new Uint8Array(0), 'byteLength', {value: 2 ** 31});
  const half = {...tensorOf('u8', [0]), data};
  const brought = new Map([
    ['h in', half],
    ['c in', half],
  ]);
  t.notThrows(() => states.enter(attemptOf(), at(0, 0), brought, 0));
  t.throws(() => states.enter(attemptOf(), at(0, 1), brought, 0), {code: 'QUEUE_FULL'});
});

test('one infer request more than the bound is refused, those that are there go on', t => {
  const states = afterOne();
  for (let session = 1; session < 1024; session++) {
    states.enter(attemptOf(), at(0, session), named('in', 0, 0), 0);
  }
  t.throws(() => states.enter(attemptOf(), at(0, 1024), named('in', 0, 0), 0), {
    code: 'QUEUE_FULL',
  });
  t.notThrows(() => states.enter(attemptOf(), at(1), none, 0));
});

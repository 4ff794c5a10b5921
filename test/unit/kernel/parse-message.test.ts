import test from 'ava';
import {z} from 'zod';
import {stageMessageSchema} from '../../../schemas/messages/stage.js';
import {messageParser} from '../../../src/kernel/parse-message.js';

const parse = messageParser(z.object({kind: z.literal('go'), at: z.object({x: z.int()})}), 'stage');

test('what fits the schema is parsed, without what the schema does not know', t => {
  t.deepEqual(parse({kind: 'go', at: {x: 1}, more: 2}), {kind: 'go', at: {x: 1}});
});

test('what does not fit is an INVALID_FRAME that says where', t => {
  const error = t.throws(() => parse({kind: 'go', at: {x: 'one'}}));
  t.like(error, {code: 'INVALID_FRAME'});
  t.regex(error?.message ?? '', /^stage: at\.x: /);
  t.regex(t.throws(() => parse(null))?.message ?? '', /^stage: message: /);
});

test('what is refused is named in few words, however long its names are', t => {
  const parseNames = messageParser(z.record(z.string(), z.int()), 'stage');
  const {message} = t.throws(() => parseNames({['x'.repeat(1_000_000)]: 'no'})) ?? {message: ''};
  t.true(message.startsWith('stage: xxx') && message.length < 1000, `${message.length}`);
});

test('bytes where a list is expected are refused as anything else is', t => {
  const infer = {
    ...{kind: 'infer', client: 'client.a', request: 1, attempt: 1, source: -1},
    ...{remainingMs: 1, priority: 'HIGH', profile: false, timings: []},
  };
  const parseStage = messageParser(stageMessageSchema, 'stage');
  t.deepEqual((parseStage({...infer, route: [0]}) as {route: unknown}).route, [0]);
  const error = t.throws(() => parseStage({...infer, route: Uint8Array.of(0)}));
  t.like(error, {code: 'INVALID_FRAME'});
});

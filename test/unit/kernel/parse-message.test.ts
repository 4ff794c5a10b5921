import test from 'ava';
import {z} from 'zod';
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

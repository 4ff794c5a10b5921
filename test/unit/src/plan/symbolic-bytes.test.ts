import test from 'ava';
import {formatTensorBytes, SymbolicBytes} from '../../../../src/plan/symbolic-bytes.js';

test('bytes of a tensor are told for one of each size that is not known yet', t => {
  t.is(formatTensorBytes({type: 'u8', shape: [1, 16, 4, 4]}), '256 B');
  t.is(formatTensorBytes({type: 'f32', shape: ['N', 16, 4, 4]}), '1 KiB × N');
  t.is(formatTensorBytes({type: 'i64', shape: ['N', 'M']}), '8 B × N × M');
  t.is(formatTensorBytes({type: 'f32', shape: ['?', 4]}), '16 B × ?');
  t.is(formatTensorBytes({type: 'f32', shape: null}), '? B');
  t.is(formatTensorBytes({type: 'string', shape: [2]}), '? B');
});

test('sums keep sizes of different names apart, and what is unknown', t => {
  const sum = (...infos: readonly Parameters<SymbolicBytes['add']>[0][]) => {
    const bytes = new SymbolicBytes();
    for (const info of infos) bytes.add(info);
    return `${bytes}`;
  };
  const batch = {type: 'u8', shape: ['N', 64]} as const;
  const fixed = {type: 'f32', shape: [4]} as const;
  t.is(sum(), '0 B');
  t.is(sum(batch, batch), '128 B × N');
  t.is(sum(batch, fixed, {type: 'u8', shape: ['M']}), '16 B + 64 B × N + 1 B × M');
  t.is(sum(fixed, {type: 'u8', shape: ['?']}), '16 B + ?');
  t.is(sum(batch, undefined), '64 B × N + ?');
});

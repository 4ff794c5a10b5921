import test from 'ava';
import {nearestName} from '../../../src/nearest-name.js';

test('the name with the fewest edits is suggested', t => {
  t.is(nearestName('NUM_STREEMS', ['PERF_COUNT', 'NUM_STREAMS', 'NUM_THREADS']), 'NUM_STREAMS');
});

test('swapped neighbours are one edit, and case is none', t => {
  t.is(nearestName('wsam', ['TEMPLATE', 'WASM']), 'WASM');
  t.is(nearestName('cpu', ['GPU', 'CPU']), 'CPU');
});

test('the first of equally near names wins', t => {
  t.is(nearestName('conv3', ['conv1', 'conv2']), 'conv1');
});

test('nothing is suggested for a name unlike all', t => {
  t.is(nearestName('relu', ['softmax', 'concat']), undefined);
  t.is(nearestName('relu', []), undefined);
  t.is(nearestName('', ['relu']), undefined);
});

test('a very long name costs bounded work', t => {
  t.is(nearestName('a'.repeat(100_000), ['b'.repeat(100_000)]), undefined);
});

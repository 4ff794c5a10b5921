import test from 'ava';
import {parseConfig} from '../../../../src/plugin/config.js';
import type {Config} from '../../../../src/plugin/plugin.js';
import {resolveStreams} from '../../../../src/plugin/streams.js';

const resolved = (config: Config, cores: number) => {
  const {streams, threadsPerStream} = resolveStreams(parseConfig(config), cores);
  return [streams, threadsPerStream];
};

test('latency takes one stream with every core, and is what is asked for by default', t => {
  t.deepEqual(resolved({}, 8), [1, 8]);
  t.deepEqual(resolved({PERFORMANCE_HINT: 'LATENCY'}, 1), [1, 1]);
});

test('throughput takes a stream per core, up to 16 that share the cores', t => {
  const config = {PERFORMANCE_HINT: 'THROUGHPUT'};
  t.deepEqual(resolved(config, 2), [2, 1]);
  t.deepEqual(resolved(config, 16), [16, 1]);
  t.deepEqual(resolved(config, 64), [16, 4]);
});

test('no more streams than requests in flight', t => {
  const config = {PERFORMANCE_HINT: 'THROUGHPUT', PERFORMANCE_HINT_NUM_REQUESTS: 4};
  t.deepEqual(resolved(config, 8), [4, 2]);
  t.deepEqual(resolved(config, 2), [2, 1]);
});

test('what is set holds over what is hinted', t => {
  t.deepEqual(resolved({PERFORMANCE_HINT: 'THROUGHPUT', NUM_STREAMS: 3}, 8), [3, 2]);
  t.deepEqual(resolved({NUM_STREAMS: 3}, 2), [3, 1]);
  t.deepEqual(resolved({INFERENCE_NUM_THREADS: 4}, 8), [1, 4]);
  t.deepEqual(resolved({PERFORMANCE_HINT: 'THROUGHPUT', INFERENCE_NUM_THREADS: 3}, 8), [3, 1]);
});

test('AUTO streams follow the hint', t => {
  t.deepEqual(resolved({NUM_STREAMS: 'AUTO', PERFORMANCE_HINT: 'THROUGHPUT'}, 4), [4, 1]);
});

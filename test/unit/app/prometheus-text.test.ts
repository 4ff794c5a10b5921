import test from 'ava';
import {prometheusText} from '../../../src/app/prometheus-text.js';
import type {Metric} from '../../../src/ports/metrics.js';

function counter(name: string, labels: Readonly<Record<string, string>>, value: number): Metric {
  return {type: 'counter', name, help: `what ${name} is`, samples: [{labels, value}]};
}

test('metrics of one name come together under one head', t => {
  const metrics = [
    counter('a_total', {x: '1'}, 1),
    counter('b', {}, 2.5),
    counter('a_total', {}, 3),
  ];
  t.is(
    prometheusText(metrics),
    [
      '# HELP a_total what a_total is',
      '# TYPE a_total counter',
      'a_total{x="1"} 1',
      'a_total 3',
      '# HELP b what b is',
      '# TYPE b counter',
      'b 2.5',
      '',
    ].join('\n'),
  );
});

test('a histogram has cumulative buckets, a sum and a count', t => {
  const sample = {labels: {s: 'x'}, buckets: [{max: 0.5, count: 2}], count: 3, sum: 1.5};
  const text = prometheusText([{type: 'histogram', name: 'h', help: 'h', samples: [sample]}]);
  t.deepEqual(text.split('\n').slice(2), [
    'h_bucket{s="x",le="0.5"} 2',
    'h_bucket{s="x",le="+Inf"} 3',
    'h_sum{s="x"} 1.5',
    'h_count{s="x"} 3',
    '',
  ]);
});

test('labels cannot break out of their quotes', t => {
  const text = prometheusText([counter('a', {x: 'a"b\\c\nd'}, 1)]);
  t.is(text.split('\n')[2], 'a{x="a\\"b\\\\c\\nd"} 1');
});

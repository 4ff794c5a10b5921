import test from 'ava';
import {lastRun} from '../../../../../devices/onnxruntime/profile/kernel-event.js';

function node(name: string, ts: number, dur: number, type = 'Relu'): string {
  const args = {op_name: type, output_type_shape: [{float: [1, 2]}, {int64: []}]};
  return JSON.stringify({cat: 'Node', name: `${name}_kernel_time`, ts, dur, args});
}

function run(ts: number, dur: number): string {
  return JSON.stringify({cat: 'Session', name: 'model_run', ts, dur, args: {}});
}

function profileOf(...events: readonly string[]): string {
  return `[\n${events.join(',\n')}\n]\n`;
}

test('of several runs the last counts, with types of what was made', t => {
  const profile = profileOf(node('a', 10, 5), run(9, 8), node('a', 20, 3), run(19, 6));
  t.deepEqual(lastRun(profile, new Set()), [
    {name: 'a', type: 'Relu', realUs: 3, outputTypes: ['f32[1,2]', 'i64[]']},
  ]);
});

test('what runs inside a body counts to the operation with the body', t => {
  const events = [node('inner', 12, 2), node('loop', 10, 6, 'Loop'), node('after', 16, 0)];
  const kernels = lastRun(profileOf(...events, run(9, 9)), new Set(['loop']));
  t.deepEqual(
    kernels.map(({name, realUs}) => [name, realUs]),
    [
      ['loop', 6],
      ['after', 0],
    ],
  );
});

test('a line that is cut or not escaped is left out', t => {
  const broken = node('a', 10, 5).replace('a_kernel', 'a"b_kernel');
  const profile = profileOf(broken, node('c', 15, 1), run(9, 8), node('d', 20, 3).slice(0, 30));
  t.deepEqual(
    lastRun(profile, new Set()).map(({name}) => name),
    ['c'],
  );
  t.deepEqual(lastRun('', new Set()), []);
});

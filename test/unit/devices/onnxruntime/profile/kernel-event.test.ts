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
  const inside = [node('inner', 12, 2), node('deep', 14, 1), node('If', 14, 2, 'If')];
  const around = [node('before', 10, 0), ...inside, node('loop', 10, 6, 'Loop')];
  const events = [...around, node('after', 16, 0)];
  const kernels = lastRun(profileOf(...events, run(9, 9)), new Set(['loop']));
  t.deepEqual(
    kernels?.map(({name, realUs}) => [name, realUs]),
    [
      ['before', 0],
      ['loop', 6],
      ['after', 0],
    ],
  );
});

test('a profile that was cut before the end of a run tells nothing', t => {
  t.is(lastRun(profileOf(node('a', 10, 5)), new Set()), undefined);
});

test('very many events inside bodies are few kernels', t => {
  const inner = Array.from({length: 100_000}, (_, at) => node('inner', 10 + at, 1));
  const loops = Array.from({length: 1000}, (_, at) => node('loop', 200_000 + at, 1, 'Loop'));
  const events = [...inner, node('loop', 10, 100_000, 'Loop'), ...loops, run(9, 300_000)];
  t.is(lastRun(profileOf(...events), new Set(['loop']))?.length, 1001);
});

test('a line that is cut or not escaped is left out', t => {
  const broken = node('a', 10, 5).replace('a_kernel', 'a"b_kernel');
  const profile = profileOf(broken, node('c', 15, 1), run(9, 8), node('d', 20, 3).slice(0, 30));
  t.deepEqual(
    lastRun(profile, new Set())?.map(({name}) => name),
    ['c'],
  );
  t.is(lastRun('', new Set()), undefined);
});

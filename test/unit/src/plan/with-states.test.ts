import test from 'ava';
import type {Edge, StageGraph} from '../../../../schemas/stage-graph.js';
import {withStates} from '../../../../src/plan/with-states.js';

type Info = {readonly name: string; readonly type: 'f32' | 'i32'; readonly shape: number[] | null};

const tensor = (name: string, rest: Partial<Info> = {}): Info => {
  return {name, type: 'f32', shape: [2], ...rest};
};

function stage(index: number, inputs: readonly Info[], outputs: readonly Info[]) {
  const rest = {operations: [], overridable: [], weightsBytes: 0, replicas: []};
  return {
    index,
    role: 'execute',
    name: `stage${index}`,
    device: 'A',
    inputs,
    outputs,
    ...rest,
  } as const;
}

const edge = (from: number, output: string, to: number, input: string): Edge => {
  return {from, output, to, input, optional: false, bytes: 8};
};

// x, s -> [0] -> h -> [1] -> y      [0] -> t
const graph: StageGraph = {
  stages: [
    stage(0, [tensor('x'), tensor('s')], [tensor('h'), tensor('t')]),
    stage(1, [tensor('h')], [tensor('y')]),
  ],
  edges: [
    edge(-1, 'x', 0, 'x'),
    edge(-1, 's', 0, 's'),
    edge(0, 'h', 1, 'h'),
    edge(1, 'y', -1, 'y'),
    edge(0, 't', -1, 't'),
  ],
};

test('without states a stage graph is what it was', t => {
  t.is(withStates(graph, []), graph);
});

test('a state stays with its stage: its output is sent to nobody, its input may be left out', t => {
  const {stages, edges} = withStates(graph, [{output: 't', input: 's'}]);
  t.deepEqual(
    edges.map(({input, optional}) => [input, optional]),
    [
      ['x', false],
      ['s', true],
      ['h', false],
      ['y', false],
    ],
  );
  t.deepEqual(stages[0]?.states, [{name: 's', output: 't', input: 's'}]);
  t.is(stages[1]?.states, undefined);
});

test('a state that two stages would share is refused with both of them', t => {
  t.throws(() => withStates(graph, [{output: 'y', input: 's'}]), {
    code: 'NOT_IMPLEMENTED',
    message: /state s: .*given stage1 and stage0/,
  });
});

test('what no operation makes, or none reads, is no state', t => {
  const code = 'INVALID_ARGUMENT';
  t.throws(() => withStates(graph, [{output: 'z', input: 's'}]), {code, message: /z to be made/});
  t.throws(() => withStates(graph, [{output: 't', input: 'z'}]), {code, message: /to be read/});
  const echo = {...graph, edges: [...graph.edges, edge(-1, 'x', -1, 'e')]};
  t.throws(() => withStates(echo, [{output: 'e', input: 's'}]), {code, message: /e to be made/});
});

for (const [code, made] of [
  ['TYPE_MISMATCH', tensor('t', {type: 'i32'})],
  ['SHAPE_MISMATCH', tensor('t', {shape: [3]})],
  ['SHAPE_MISMATCH', tensor('t', {shape: [2, 1]})],
] as const) {
  test(`an output that is ${made.type}[${made.shape}] is no state of f32[2]: ${code}`, t => {
    const [first, ...others] = graph.stages;
    const stages = [{...first, outputs: [tensor('h'), made]}, ...others] as StageGraph['stages'];
    t.throws(() => withStates({...graph, stages}, [{output: 't', input: 's'}]), {code});
  });
}

test('a shape that is not known fits', t => {
  const [first, ...others] = graph.stages;
  const outputs = [tensor('h'), tensor('t', {shape: null})];
  const stages = [{...first, outputs}, ...others] as StageGraph['stages'];
  t.notThrows(() => withStates({...graph, stages}, [{output: 't', input: 's'}]));
});

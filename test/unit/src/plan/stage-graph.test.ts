import test from 'ava';
import type {TensorInfo} from '../../../../schemas/tensor.js';
import {cutStages} from '../../../../src/plan/cut-stages.js';
import {buildStageGraph, type StageGraphOptions} from '../../../../src/plan/stage-graph.js';
import {clientFrames, stageSources} from '../../../../src/plan/stage-sources.js';
import {affinityOf, drawEdges, planGraph} from '../../../support/plan-graph.js';
import {SymbolicRun} from '../../../support/symbolic-run.js';

function build(
  drawing: string,
  devices: Readonly<Record<string, string>>,
  options: StageGraphOptions = {},
) {
  const graph = planGraph(drawing);
  const defaults = {defaultDevice: 'A', ...options};
  return buildStageGraph(graph, cutStages(graph, affinityOf(devices), defaults), defaults);
}

const chain = `inputs x
  weights w=64
  overridable s=4
  k: w -> kw
  a: x kw s -> u
  b: u -> v y
  c: v u -> z
  dynamic v
  outputs y z`;

const image: TensorInfo = {name: 'x', type: 'u8', shape: [1, 2, 2, 3]};
const tensor = (name: string): TensorInfo => ({name, type: 'f32', shape: [1, 4]});

const preprocess = {
  inputs: [image],
  outputs: [{input: 'x', info: tensor('x/preprocessed')}],
};

const postprocess = {
  inputs: [{output: 'y', info: tensor('y/raw')}],
  outputs: [{name: 'y', type: 'i64', shape: [1]}],
} as const;

test('stages are named by their index and device, and say what they read and make', t => {
  const [first, second, third] = build(chain, {A: 'a c', B: 'b'}).stages;
  t.deepEqual(first, {
    index: 0,
    role: 'execute',
    name: 'stage0 A',
    device: 'A',
    operations: ['k', 'a'],
    inputs: [tensor('x')],
    outputs: [tensor('u')],
    overridable: [tensor('s')],
    weightsBytes: 68,
    replicas: [],
  });
  t.is(second?.name, 'stage1 B');
  t.deepEqual(third?.inputs, [{name: 'v', type: 'f32', shape: ['?', 4]}, tensor('u')]);
});

test('each tensor is an edge from its maker to each of its readers', t => {
  t.deepEqual(drawEdges(build(chain, {A: 'a c', B: 'b'})), [
    'client x -> 0 x',
    'client s -> 0 s?',
    '0 u -> 1 u',
    '1 v -> 2 v',
    '0 u -> 2 u',
    '1 y -> client y',
    '2 z -> client z',
  ]);
});

test('an edge has its bytes, or null if they are known only at run time', t => {
  const {edges} = build(chain, {A: 'a c', B: 'b'});
  t.deepEqual(
    edges.map(edge => edge.bytes),
    [16, 16, 16, null, 16, 16, 16],
  );
  const strings = build('inputs x\na: x -> y\nstrings x y\noutputs y', {A: 'a'});
  t.deepEqual(
    strings.edges.map(edge => edge.bytes),
    [null, null],
  );
});

test('a network output that is a network input goes from the client to itself', t => {
  const graph = build('inputs x\noutputs x', {});
  t.deepEqual(graph.stages, []);
  t.deepEqual(drawEdges(graph), ['client x -> client x']);
});

test('an output that is an initializer comes from a stage without operations', t => {
  const graph = build('inputs x\nweights w=16\noutputs w', {});
  t.deepEqual(drawEdges(graph), ['0 w -> client w']);
  t.deepEqual(graph.stages[0]?.operations, []);
});

test('a preprocess stage takes the client’s inputs, beside the first stage that reads them', t => {
  const graph = build(
    `inputs x z
     a: z -> u
     b: x u -> y
     outputs y`,
    {A: 'a', B: 'b'},
    {preprocess},
  );
  t.deepEqual(drawEdges(graph), [
    'client x -> 0 x',
    'client z -> 1 z',
    '0 x/preprocessed -> 2 x',
    '1 u -> 2 u',
    '2 y -> client y',
  ]);
  const [stage] = graph.stages;
  t.is(stage?.name, 'preprocess0 B');
  t.is(stage?.role, 'preprocess');
  t.deepEqual(stage?.inputs, [image]);
  t.deepEqual(stage?.outputs, [tensor('x/preprocessed')]);
  t.is(graph.edges[0]?.bytes, 12);
});

test('a preprocess stage that nothing reads from is left out', t => {
  const graph = build('inputs x z\na: z -> y\noutputs y', {A: 'a'}, {preprocess});
  t.deepEqual(drawEdges(graph), ['client z -> 0 z', '0 y -> client y']);
});

test('a postprocess stage gives the network’s outputs, beside the last stage it reads', t => {
  const graph = build(chain, {A: 'a c', B: 'b'}, {postprocess});
  t.deepEqual(drawEdges(graph).slice(-3), ['1 y -> 3 y/raw', '3 y -> client y', '2 z -> client z']);
  t.is(graph.stages[3]?.name, 'postprocess3 B');
  t.deepEqual(graph.stages[3]?.outputs, postprocess.outputs);
  t.is(graph.edges.find(edge => edge.from === 3)?.bytes, 8);
});

test('a postprocess stage of several outputs is beside the last stage that makes one', t => {
  const both = {
    inputs: ['z', 'y'].map(output => ({output, info: tensor(`${output}/raw`)})),
    outputs: [tensor('y'), tensor('z')],
  };
  const graph = build(chain, {A: 'a', B: 'b', C: 'c'}, {postprocess: both});
  t.is(graph.stages[3]?.name, 'postprocess3 C');
});

test('an output that is an input passes through preprocess and postprocess', t => {
  const through = {
    inputs: [{output: 'x', info: tensor('x/raw')}],
    outputs: [tensor('x')],
  };
  const graph = build('inputs x\noutputs x', {}, {preprocess, postprocess: through});
  t.deepEqual(drawEdges(graph), [
    'client x -> 0 x',
    '0 x/preprocessed -> 1 x/raw',
    '1 x -> client x',
  ]);
  t.deepEqual(
    graph.stages.map(stage => stage.device),
    ['A', 'A'],
  );
});

test('with pre- and postprocessing the stages make what the undivided network would', t => {
  const graph = planGraph(chain);
  const stageGraph = build(chain, {A: 'a c', B: 'b'}, {preprocess, postprocess});
  const run = new SymbolicRun(graph);
  const x = run.expression('given x');
  const staged = run.staged(stageGraph, new Map([['x', x]]));
  const whole = run.whole(new Map([['x', run.expression(`preprocess(${x})`)]]));
  t.is(staged.get('y'), run.expression(`postprocess(${whole.get('y')})`));
  t.is(staged.get('z'), whole.get('z'));
});

test('a network input or output that is no tensor is not implemented', t => {
  const sequence = 'inputs x\na: x -> y\nother y\noutputs y';
  t.throws(() => build(sequence, {A: 'a'}), {code: 'NOT_IMPLEMENTED', message: /'y', a sequence/});
  const unknown = 'inputs x\na: x -> y\nunknown x\noutputs y';
  t.throws(() => build(unknown, {A: 'a'}), {code: 'NOT_IMPLEMENTED', message: /'x', whose type/});
});

test('a stage hears once from each of its makers, from the client also for what is optional', t => {
  const graph = build(chain, {A: 'a c', B: 'b'});
  t.deepEqual(stageSources(graph, 0), [-1]);
  t.deepEqual(stageSources(graph, 2), [0, 1]);
  const optional = build('overridable s=4\nk: s -> y\noutputs y', {A: 'k'});
  t.deepEqual(stageSources(optional, 0), [-1]);
});

test('the client sends each stage one frame with all of its tensors', t => {
  const graph = build(chain, {A: 'a c', B: 'b'});
  const frames = clientFrames(graph).map(({to, edges}) => [to, edges.map(edge => edge.output)]);
  t.deepEqual(frames, [[0, ['x', 's']]]);
});

test('a stage that nothing feeds is started by an empty frame of the client', t => {
  const graph = build('inputs x\n~noise: -> n\na: x n -> y\noutputs y', {A: 'a', B: 'noise'});
  t.deepEqual(stageSources(graph, 0), [-1]);
  const frames = clientFrames(graph).map(({to, edges}) => [to, edges.map(edge => edge.output)]);
  t.deepEqual(frames, [
    [0, []],
    [1, ['x']],
  ]);
});

test('what the client sends to itself is in no frame', t => {
  t.deepEqual(clientFrames(build('inputs x\noutputs x', {})), []);
});

import test from 'ava';
import type {RuntimeNetwork, RuntimeNode} from '../../../../schemas/runtime-graph.js';
import {readNetwork} from '../../../../src/network/read-network.js';
import {runtimeModel} from '../../../../src/network/runtime-model.js';
import {valueInfoOf} from '../../../../src/network/value-types.js';
import {mergeRuntimeGraphs} from '../../../../src/plan/merge-runtime-graphs.js';
import {runtimeDot} from '../../../../src/plan/runtime-dot.js';
import {runtimeSvg} from '../../../../src/plan/runtime-svg.js';
import {chain} from '../../../support/stage-graphs.js';
import {xmlFault} from '../../../support/xml-fault.js';

function node(
  name: string,
  [inputs, outputs]: readonly [string, string],
  more: Partial<RuntimeNode> = {},
): RuntimeNode {
  const values = {inputs: inputs.split(' '), outputs: outputs.split(' ')};
  const known = {type: 'Conv', originals: [name], outputTypes: ['f32[1,4]'], execUs: 10};
  return {name, ...values, ...known, ...more};
}

const {inputs, outputs, ...deployment} = chain();
const stageGraph = deployment.variants[0]?.stageGraph ?? {stages: [], edges: []};
const described = {name: 'chain', inputs, outputs};

// x -> conv -> [reorder] -> h -> add -> y, where add was never run
function chained(): RuntimeNetwork {
  const first = [
    node('conv', ['x', 'token'], {
      type: 'com.microsoft.nchwc.Conv',
      originals: ['conv', 'relu'],
      execUs: 30.4,
    }),
    node('reorder', ['token', 'h'], {originals: []}),
  ];
  const second = [node('add', ['h token', 'y'], {type: 'Add', execUs: null, outputTypes: []})];
  return mergeRuntimeGraphs(stageGraph, [{nodes: first}, {nodes: second}], described);
}

test('values that cross keep one name, inner ones get their stage’s, constants are left out', t => {
  const {nodes} = chained();
  t.deepEqual(
    nodes.map(each => [each.name, each.stage, each.inputs.join(' '), each.outputs.join(' ')]),
    [
      ['conv', 'stage0 A', 'x', 'stage0 A/token'],
      ['reorder', 'stage0 A', 'stage0 A/token', 'stage0 A/h'],
      ['add', 'stage1 B', 'stage0 A/h', 'y'],
    ],
  );
  t.is(nodes[0]?.device, 'host-a/A');
});

test('nodes come after those whose outputs they read', t => {
  const late = [node('second', ['p', 'h']), node('first', ['x', 'p'])];
  const {nodes} = mergeRuntimeGraphs(stageGraph, [{nodes: late}, {nodes: []}], described);
  t.deepEqual(
    nodes.map(({name}) => name),
    ['first', 'second'],
  );
});

test('a device that tells a circle harms nothing', t => {
  const circle = [node('a', ['q', 'p']), node('b', ['p', 'q'])];
  const network = mergeRuntimeGraphs(stageGraph, [{nodes: circle}, {nodes: []}], described);
  t.is(network.nodes.length, 2);
  t.is(xmlFault(runtimeSvg(network)), undefined);
});

test('as ONNX the nodes have the metadata of a runtime model', t => {
  const {model, graph} = readNetwork(runtimeModel(chained()));
  t.deepEqual(graph.inputs, ['x']);
  t.deepEqual(graph.outputs, ['y']);
  const metadata = (model.graph?.node ?? []).map(({metadataProps}) =>
    Object.fromEntries(metadataProps.map(({key, value}) => [key, value])),
  );
  t.deepEqual(metadata[0], {
    originalLayersNames: 'conv,relu',
    primitiveType: 'com.microsoft.nchwc.Conv',
    layerType: 'Conv',
    execTimeMcs: '30',
    execOrder: '0',
    runtimePrecision: 'f32',
    outputPrecisions: 'f32',
    outputLayouts: 'NCHWc',
    stage: 'stage0 A',
    device: 'host-a/A',
  });
  t.like(metadata[1], {originalLayersNames: '', outputLayouts: 'ab', execOrder: '1'});
  t.like(metadata[2], {execTimeMcs: 'not_executed', runtimePrecision: '', stage: 'stage1 B'});
  const [inner] = model.graph?.valueInfo ?? [];
  t.is(inner?.name, 'stage0 A/token');
  t.deepEqual(valueInfoOf(inner?.type), {kind: 'tensor', type: 'f32', shape: [1, 4]});
});

test('as DOT each kernel is in the frame of its stage, with its time', t => {
  const dot = runtimeDot(chained());
  t.regex(dot, /cluster0 \{\s+label="stage0 A"/);
  t.true(dot.includes('label="conv\\nConv\\n30.4 µs, 75.2 %"'));
  t.true(dot.includes('label="add\\nAdd\\nnot executed"'));
  t.deepEqual(dot.match(/\S+ -> \S+(?=;)/g), [
    'sends -> kernel0',
    'kernel0 -> kernel1',
    'kernel1 -> kernel2',
    'kernel2 -> receives',
  ]);
});

test('as SVG every kernel has a box, and what it does beside', t => {
  const svg = runtimeSvg(chained());
  t.is(xmlFault(svg), undefined);
  t.is(svg.match(/<g class="box">/g)?.length, 5);
  t.is(svg.match(/class="arrow"/g)?.length, 4);
  t.true(svg.includes('30.4 µs, 75.2 %'));
  t.true(svg.includes('does conv, relu'));
});

test('more kernels than can be drawn are refused', t => {
  const nodes = Array.from({length: 2001}, (_, at) => node(`n${at}`, ['x', `v${at}`]));
  const network = mergeRuntimeGraphs(stageGraph, [{nodes}, {nodes: []}], described);
  t.throws(() => runtimeSvg(network), {code: 'INVALID_ARGUMENT', message: /2001/});
});

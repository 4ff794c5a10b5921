import test from 'ava';
import type {OperationCounter} from '../../../schemas/performance-counters.js';
import type {RuntimeNode} from '../../../schemas/runtime-graph.js';
import {RuntimeAverages} from '../../../src/app/runtime-averages.js';

function node(name: string, inputs: readonly string[], outputs: readonly string[]): RuntimeNode {
  return {name, type: 'Op', originals: [name], inputs, outputs, outputTypes: [], execUs: null};
}

function executed(name: string, realUs: number, fused: readonly string[] = []): OperationCounter {
  const kernel = {execType: 'Op', nodeType: 'Op', outputTypes: ['f32[1]']};
  return {name, status: 'EXECUTED', realUs, cpuUs: realUs, fused, ...kernel};
}

function optimizedOut(name: string): OperationCounter {
  const kernel = {execType: '', nodeType: 'Op', outputTypes: []};
  return {name, status: 'OPTIMIZED_OUT', realUs: 0, cpuUs: 0, fused: [], ...kernel};
}

// x -> a -> b -+-> c -> y
//         x ---+
const nodes = [node('a', ['x'], ['p']), node('b', ['p'], ['q']), node('c', ['q', 'x'], ['y'])];

test('a node has the mean time of all inferences, and the types of the last', t => {
  const averages = new RuntimeAverages();
  averages.add([executed('a', 10), executed('b', 1), executed('c', 1)]);
  averages.add([{...executed('a', 20), outputTypes: ['f32[2]']}]);
  const [a] = averages.annotate({nodes}).nodes;
  t.like(a, {name: 'a', execUs: 15, outputTypes: ['f32[2]']});
});

test('before anything was measured nodes have no times', t => {
  t.deepEqual(new RuntimeAverages().annotate({nodes}).nodes, nodes);
});

test('operations that were fused are one node, in the place of the last', t => {
  const averages = new RuntimeAverages();
  averages.add([executed('a', 10, ['c']), executed('b', 1), optimizedOut('c')]);
  const told = averages.annotate({nodes}).nodes;
  t.deepEqual(
    told.map(({name}) => name),
    ['b', 'a'],
  );
  t.like(told[1], {originals: ['a', 'c'], inputs: ['x', 'q'], outputs: ['p', 'y'], execUs: 10});
});

test('a node has the type of the kernel that was measured, with its domain if that is known', t => {
  const averages = new RuntimeAverages();
  const kernel = {execType: 'FusedConv'};
  averages.add([
    {...executed('a', 1), ...kernel},
    {...executed('b', 1), ...kernel},
  ]);
  const [a, b] = nodes;
  const told = averages.annotate({
    nodes: [a, b].flatMap((each, at) =>
      each === undefined ? [] : [{...each, type: at === 0 ? 'Conv' : 'com.microsoft.FusedConv'}],
    ),
  });
  t.deepEqual(
    told.nodes.map(({type}) => type),
    ['FusedConv', 'com.microsoft.FusedConv'],
  );
});

test('a value that only the fused operations pass on is no output', t => {
  const averages = new RuntimeAverages();
  averages.add([executed('b', 10, ['c']), optimizedOut('c')]);
  t.like(averages.annotate({nodes}).nodes.at(-1), {inputs: ['p', 'x'], outputs: ['y']});
});

test('a kernel that is in no graph comes last', t => {
  const averages = new RuntimeAverages();
  averages.add([executed('reorder', 4)]);
  t.like(averages.annotate({nodes}).nodes.at(-1), {name: 'reorder', originals: [], execUs: 4});
});

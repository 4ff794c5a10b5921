import test from 'ava';
import {
  countersMax,
  type InferenceCounters,
  type OperationCounter,
} from '../../../schemas/performance-counters.js';
import type {RuntimeGraph} from '../../../schemas/runtime-graph.js';
import {checkedCounters, checkedRuntimeGraph} from '../../../src/app/checked-counters.js';

const operation: OperationCounter = {
  name: 'a',
  status: 'EXECUTED',
  realUs: 1,
  cpuUs: 1,
  execType: 'Relu',
  nodeType: 'Relu',
  fused: [],
  outputTypes: [],
};
const counters: InferenceCounters = {pipelineUs: {}, measuringUs: 0, operations: [operation]};
const node = {name: 'a', type: 'Relu', originals: [], inputs: [], outputs: [], outputTypes: []};

test('what a plugin measured is taken as it is', t => {
  t.deepEqual(checkedCounters(counters), counters);
  t.is(checkedCounters(undefined), undefined);
});

test('what is no counters is as if nothing was measured', t => {
  const wrong: readonly unknown[] = [
    null,
    'counters',
    {},
    {...counters, operations: 'all'},
    {...counters, operations: [{...operation, realUs: -1}]},
    {...counters, operations: [{...operation, realUs: Number.NaN}]},
    {...counters, operations: [{...operation, status: 'LOST'}]},
    {...counters, measuringUs: 'long'},
  ];
  for (const each of wrong) t.is(checkedCounters(each as InferenceCounters), undefined);
});

test('of very many operations the first are taken', t => {
  const operations = new Array(countersMax + 1).fill(operation);
  t.is(checkedCounters({...counters, operations})?.operations.length, countersMax);
});

test('a runtime graph that is none, or too large, is refused', t => {
  const graph = {nodes: [{...node, execUs: null}]};
  t.deepEqual(checkedRuntimeGraph(graph), graph);
  for (const wrong of [undefined, null, {}, {nodes: [{}]}] as unknown as RuntimeGraph[]) {
    t.throws(() => checkedRuntimeGraph(wrong), {code: 'NOT_IMPLEMENTED'});
  }
  const nodes = new Array(countersMax + 1).fill({...node, execUs: null});
  t.throws(() => checkedRuntimeGraph({nodes}), {code: 'PAYLOAD_TOO_LARGE', message: /16385/});
});

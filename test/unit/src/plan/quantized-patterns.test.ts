import test from 'ava';
import type {NetworkGraph} from '../../../../schemas/network-graph.js';
import {assignByFallback} from '../../../../src/plan/assign-affinity.js';
import {atomicUnits} from '../../../../src/plan/atomic-units.js';
import {operationRoles} from '../../../../src/plan/constants.js';
import {cutStages} from '../../../../src/plan/cut-stages.js';
import {followPatterns} from '../../../../src/plan/follow-patterns.js';
import {indexNetwork} from '../../../../src/plan/network-index.js';
import {quantizedPatterns} from '../../../../src/plan/quantized-patterns.js';
import {affinityOf, candidate, drawCuts, planGraph} from '../../../support/plan-graph.js';

/** The units that patterns make, each as its operations' names. */
function unitsOf(graph: NetworkGraph): readonly string[] {
  const index = indexNetwork(graph);
  const roles = operationRoles(graph, index);
  const {units} = atomicUnits(index, roles, quantizedPatterns(index, roles));
  return units.map(unit => unit.map(at => graph.operations[at]?.name).join(' '));
}

// x -> q0 -> d0 -> conv -> relu -> q1 -> d1 -> softmax -> y        w -> dw -> conv
const chain = `
  inputs x
  weights w s z
  q0=QuantizeLinear: x s z -> a
  d0=DequantizeLinear: a s z -> b
  dw=DequantizeLinear: w s z -> v
  conv: b v -> c
  relu: c -> d
  q1=QuantizeLinear: d s z -> e
  d1=DequantizeLinear: e s z -> f
  softmax: f -> y
  outputs y`;

test('DQ, the operation, what follows it, and Q are one unit; the quantised tensor is between', t => {
  t.deepEqual(unitsOf(planGraph(chain)), ['q0', 'd0 conv relu q1', 'd1 softmax']);
});

test('a chain that begins with no dequantised tensor keeps only its last operation', t => {
  const graph = planGraph(`
    inputs x
    weights s z
    conv: x -> a
    relu: a -> b
    q=QuantizeLinear: b s z -> y
    outputs y`);
  t.deepEqual(unitsOf(graph), ['conv', 'relu q']);
});

test('a chain whose middle is read elsewhere too may be cut there', t => {
  const graph = planGraph(`
    inputs x
    weights s z
    dq=DequantizeLinear: x s z -> a
    conv: a -> b
    relu: b -> c
    q=QuantizeLinear: c s z -> y
    neg: b -> z2
    outputs y z2`);
  t.deepEqual(unitsOf(graph), ['dq conv', 'relu q', 'neg']);
});

test('branches of a residual network stay apart', t => {
  const graph = planGraph(`
    inputs x
    weights s z
    d0=DequantizeLinear: x s z -> a
    conv: a -> b
    q1=QuantizeLinear: b s z -> c
    d1=DequantizeLinear: c s z -> d
    d2=DequantizeLinear: x s z -> e
    add: d e -> f
    q2=QuantizeLinear: f s z -> y
    outputs y`);
  t.deepEqual(unitsOf(graph), ['d0 conv q1', 'd1 d2 add q2']);
});

test('an integer product stays with what rescales it, and bytes cross before it', t => {
  const graph = planGraph(`
    inputs x
    weights w ws wz b
    relu: x -> r
    dynamic=DynamicQuantizeLinear: r -> q s z
    product=MatMulInteger: q w z wz -> i
    scales=Mul: s ws -> t
    cast=Cast: i -> f
    rescale=Mul: f t -> m
    bias=Add: m b -> n
    tanh: n -> y
    outputs y`);
  t.deepEqual(unitsOf(graph), ['relu dynamic', 'scales', 'product cast rescale bias', 'tanh']);
});

test('the fallback gives a pattern to the first device that takes all of it', t => {
  const graph = planGraph(chain);
  const a = candidate('A', graph, {relu: 'not here'});
  const {affinity, reasons} = assignByFallback({graph, candidates: [a, candidate('B', graph)]});
  t.deepEqual(drawCuts(graph, cutStages(graph, affinity)), [
    'A: q0 | x -> a',
    'B: d0 dw conv relu q1 | a -> e',
    'A: d1 softmax | e -> y',
  ]);
  t.is(
    reasons.get('conv'),
    "'d0', 'conv', 'relu' and 1 more are one quantised pattern; " +
      "A: 'relu' beside it: not here; B supports it",
  );
});

test('a pattern that no device takes whole is parted', t => {
  const graph = planGraph(chain);
  const a = candidate('A', graph, {relu: 'no'});
  const b = candidate('B', graph, {conv: 'no'});
  const {affinity} = assignByFallback({graph, candidates: [a, b]});
  t.deepEqual(
    [affinity.get('d0'), affinity.get('conv'), affinity.get('relu'), affinity.get('d1')],
    ['A', 'A', 'B', 'A'],
  );
});

test('a pattern is not cut between two stages of one device either', t => {
  // gate waits for side: without the rule d1 would run beside that, before d2 and add.
  const graph = planGraph(`
    inputs x
    weights s z
    d1=DequantizeLinear: x s z -> a
    side: x -> f
    gate: f -> b
    d2=DequantizeLinear: b s z -> c
    add: a c -> d
    q=QuantizeLinear: d s z -> y
    outputs y`);
  const affinity = affinityOf({A: 'd1 d2 add q side', B: 'gate'});
  t.deepEqual(drawCuts(graph, cutStages(graph, affinity)), [
    'A: side | x -> f',
    'B: gate | f -> b',
    'A: d1 d2 add q | x b -> y',
  ]);
});

test('by hand, a pattern goes with the operation in it that computes', t => {
  const graph = planGraph(chain);
  const candidates = [candidate('A', graph), candidate('B', graph)];
  const affinity = affinityOf({A: 'q0 d0 conv', B: 'relu q1 d1 softmax'});
  const rewrite = {made: new Map(), removed: []};
  const {affinity: followed, reasons} = followPatterns(graph, candidates, {affinity, rewrite});
  t.deepEqual(followed, affinityOf({A: 'q0 d0 conv relu q1', B: 'd1 softmax'}));
  const why = "goes with 'conv', whose quantised pattern is not cut";
  t.deepEqual(
    [...reasons],
    [
      ['relu', why],
      ['q1', why],
    ],
  );
});

test('by hand, a pattern that the device does not take is parted as it is said', t => {
  const graph = planGraph(chain);
  const candidates = [candidate('A', graph, {relu: 'no'}), candidate('B', graph)];
  const affinity = affinityOf({A: 'q0 d0 conv', B: 'relu q1 d1 softmax'});
  const rewrite = {made: new Map(), removed: []};
  t.deepEqual(followPatterns(graph, candidates, {affinity, rewrite}).affinity, affinity);
});

test('by hand, what is gone is left out and what was made goes where it stands for', t => {
  const graph = planGraph(`
    inputs x
    relu: x -> a
    copy=Relu: x -> b
    add: a b -> y
    outputs y`);
  const affinity = affinityOf({A: 'relu', B: 'add gone'});
  const rewrite = {made: new Map([['copy', 'relu']]), removed: ['gone']};
  const given = {affinity, rewrite};
  const {affinity: followed, reasons} = followPatterns(graph, [candidate('A', graph)], given);
  t.is(reasons.get('copy'), "the given affinity says so for 'relu', which it is made of");
  t.deepEqual([...followed].sort(), [...affinityOf({A: 'relu copy', B: 'add'})].sort());
  t.is(followPatterns(graph, [], {affinity: new Map(), rewrite}).affinity.size, 0);
});

import test from 'ava';
import type {NetworkGraph} from '../../../../schemas/network-graph.js';
import {assignByFallback} from '../../../../src/plan/assign-affinity.js';
import {affinityOf, candidate, planGraph} from '../../../support/plan-graph.js';

const chain = planGraph(
  `inputs x
   weights w=4
   k: w -> kw
   conv: x kw -> u
   norm: u -> v
   relu: v -> y
   outputs y`,
);

function assigned(graph: NetworkGraph, candidates: ReturnType<typeof candidate>[]) {
  return Object.fromEntries(assignByFallback({graph, candidates}).affinity);
}

test('each operation goes to the first device that supports it', t => {
  const candidates = [
    candidate('WASM', chain, {norm: 'no kernel', relu: 'no kernel'}),
    candidate('TEMPLATE', chain, {norm: 'not in the subset'}),
    candidate('CPU', chain),
  ];
  t.deepEqual(assigned(chain, candidates), {conv: 'WASM', norm: 'CPU', relu: 'TEMPLATE'});
});

test('the reason names the devices that came before and why they refused', t => {
  const {reasons} = assignByFallback({
    graph: chain,
    candidates: [candidate('WASM', chain, {norm: 'no kernel'}), candidate('CPU', chain)],
  });
  t.is(reasons.get('conv'), 'WASM supports it and comes first');
  t.is(reasons.get('norm'), 'WASM: no kernel; CPU supports it');
});

test('of many devices that refused the reason names three and counts the rest', t => {
  const refusing = Array.from({length: 5}, (_, at) => candidate(`D${at}`, chain, {norm: 'no'}));
  const {reasons} = assignByFallback({
    graph: chain,
    candidates: [...refusing, candidate('CPU', chain)],
  });
  t.is(reasons.get('norm'), 'D0: no; D1: no; D2: no; so do 2 more devices; CPU supports it');
});

test('a device that cannot make a constant again does not get what needs it', t => {
  const candidates = [candidate('WASM', chain, {k: 'no kernel'}), candidate('CPU', chain)];
  t.deepEqual(assigned(chain, candidates), {conv: 'CPU', norm: 'WASM', relu: 'WASM'});
  t.is(
    assignByFallback({graph: chain, candidates}).reasons.get('conv'),
    "WASM: its constant 'k': no kernel; CPU supports it",
  );
});

test('an operation that a device says nothing of is not supported there', t => {
  const silent = {device: 'WASM', support: []};
  t.deepEqual(assigned(chain, [silent, candidate('CPU', chain)]), {
    conv: 'CPU',
    norm: 'CPU',
    relu: 'CPU',
  });
});

test('operations that no device supports are named, with the reason of each device', t => {
  const candidates = [
    candidate('WASM', chain, {norm: 'no kernel', relu: 'too new'}),
    candidate('CPU', chain, {norm: 'float16', relu: 'too old'}),
  ];
  const error = t.throws(() => assignByFallback({graph: chain, candidates}), {
    code: 'UNSUPPORTED_OPERATIONS',
    message: /'norm' \(Norm\): WASM: no kernel; CPU: float16\n/,
  });
  t.regex(error?.message ?? '', /'relu' \(Relu\): WASM: too new; CPU: too old$/);
});

test('the message about a thousand operations is bounded', t => {
  const lines = Array.from({length: 1000}, (_, at) => `o${at}: x -> y${at}`);
  const outputs = Array.from({length: 1000}, (_, at) => `y${at}`).join(' ');
  const graph = planGraph(['inputs x', ...lines, `outputs ${outputs}`].join('\n'));
  const long = 'r'.repeat(10_000);
  const refused = Object.fromEntries(graph.operations.map(({name}) => [name, long]));
  const candidates = Array.from({length: 20}, (_, at) => candidate(`D${at}`, graph, refused));
  const error = t.throws(() => assignByFallback({graph, candidates}), {message: /and 950 more$/});
  t.true((error?.message.length ?? 0) < 120_000);
});

test('operations that share a sequence go together to a device that supports them all', t => {
  const graph = planGraph(
    `inputs x
     pack: x -> seq
     take: seq -> y
     other seq
     outputs y`,
  );
  const candidates = [candidate('WASM', graph, {take: 'no kernel'}), candidate('CPU', graph)];
  const {affinity, reasons} = assignByFallback({graph, candidates});
  t.deepEqual(Object.fromEntries(affinity), {pack: 'CPU', take: 'CPU'});
  t.regex(reasons.get('pack') ?? '', /'pack', 'take' share .*WASM: 'take' beside it: no kernel/);
});

// The sequence must not be cut, so what lies on a path around it comes along.
test('what lies on a path between operations that share a sequence goes with them', t => {
  const graph = planGraph(
    `inputs x
     pack: x -> seq u
     mid: u -> v
     take: seq v -> y
     other seq
     outputs y`,
  );
  const candidates = [candidate('WASM', graph, {pack: 'no', take: 'no'}), candidate('CPU', graph)];
  t.deepEqual(assigned(graph, candidates), {pack: 'CPU', mid: 'CPU', take: 'CPU'});
});

test('a sequence that is a constant ties nothing together', t => {
  const graph = planGraph(
    `inputs x
     empty: -> seq
     a: x seq -> u
     b: u seq -> y
     other seq
     outputs y`,
  );
  const candidates = [candidate('WASM', graph, {b: 'no'}), candidate('CPU', graph)];
  t.deepEqual(assigned(graph, candidates), {a: 'WASM', b: 'CPU'});
});

test('a group that no device takes whole is refused, each operation with the reason', t => {
  const graph = planGraph(
    `inputs x
     pack: x -> seq
     take: seq -> y
     other seq
     outputs y`,
  );
  const candidates = [candidate('A', graph, {take: 'no'}), candidate('B', graph, {pack: 'nor'})];
  t.throws(() => assignByFallback({graph, candidates}), {
    code: 'UNSUPPORTED_OPERATIONS',
    message:
      /'pack' \(Pack\): A: 'take' beside it: no; B: nor\n.*'take' \(Take\): A: no; B: 'pack'/,
  });
});

test('no candidates at all is an unknown device', t => {
  t.throws(() => assignByFallback({graph: chain, candidates: []}), {code: 'UNKNOWN_DEVICE'});
});

const both = [candidate('A', chain), candidate('B', chain, {relu: 'no kernel'})];

function manual(devices: Readonly<Record<string, string>>) {
  return assignByFallback({graph: chain, candidates: both, affinity: affinityOf(devices)});
}

test('manual affinity is taken as it is, and what it says of constants is ignored', t => {
  const {affinity, reasons} = manual({A: 'conv relu', B: 'norm', nowhere: 'k'});
  t.deepEqual(Object.fromEntries(affinity), {conv: 'A', norm: 'B', relu: 'A'});
  t.is(reasons.get('norm'), 'the given affinity says so');
});

test('manual affinity is all or nothing, and what it lacks is named', t => {
  t.throws(() => manual({A: 'conv'}), {
    code: 'AFFINITY_INCOMPLETE',
    message: /none for 2: 'norm', 'relu'$/,
  });
});

test('an empty affinity is none', t => {
  const {affinity} = assignByFallback({graph: chain, candidates: both, affinity: new Map()});
  t.is(affinity.get('relu'), 'A');
});

test('manual affinity for an operation that is not there suggests the nearest', t => {
  t.throws(() => manual({A: 'conv norm relu rleu'}), {
    code: 'UNKNOWN_OPERATION',
    message: /given 'rleu' \(did you mean 'relu'\?\)$/,
  });
});

test('manual affinity to a device that is no candidate is refused', t => {
  t.throws(() => manual({A: 'conv norm', C: 'relu'}), {
    code: 'UNKNOWN_DEVICE',
    message: /'A', 'B' for operation 'relu', given 'C'/,
  });
});

test('manual affinity to a device that does not support the operation is refused', t => {
  t.throws(() => manual({A: 'conv norm', B: 'relu'}), {
    code: 'UNSUPPORTED_OPERATIONS',
    message: /'relu' \(Relu\): B: no kernel$/,
  });
});

test('manual affinity that parts a sequence is refused with the value and both operations', t => {
  const graph = planGraph(
    `inputs x
     pack: x -> seq
     take: seq -> y
     other seq
     outputs y`,
  );
  const request = {
    graph,
    candidates: [candidate('A', graph), candidate('B', graph)],
    affinity: affinityOf({A: 'pack', B: 'take'}),
  };
  t.throws(() => assignByFallback(request), {
    code: 'INVALID_ARGUMENT',
    message: /value 'seq' from 'pack' on A to 'take' on B$/,
  });
});

test('manual affinity that parts what no device takes tells what no device takes', t => {
  const graph = planGraph(
    `inputs x
     pack: x -> seq
     take: seq -> y
     other seq
     outputs y`,
  );
  const tooNew = {pack: 'too new', take: 'its input is not known'};
  const request = {
    graph,
    candidates: [candidate('A', graph, tooNew), candidate('B', graph, tooNew)],
    affinity: affinityOf({A: 'pack', B: 'take'}),
  };
  t.throws(() => assignByFallback(request), {code: 'UNSUPPORTED_OPERATIONS', message: /too new/});
});

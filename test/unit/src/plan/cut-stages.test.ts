import test from 'ava';
import {cutStages} from '../../../../src/plan/cut-stages.js';
import {affinityOf, drawCuts, planGraph} from '../../../support/plan-graph.js';

/** What `cutStages` makes of a drawing, drawn. */
function cut(drawing: string, devices: Readonly<Record<string, string>>): readonly string[] {
  const graph = planGraph(drawing);
  const options = {defaultDevice: 'Z'};
  return drawCuts(graph, cutStages(graph, affinityOf(devices), options));
}

test('a network on one device is one stage', t => {
  const stages = cut(
    `inputs x
     a: x -> u
     b: u -> y
     outputs y`,
    {A: 'a b'},
  );
  t.deepEqual(stages, ['A: a b | x -> y']);
});

test('a change of device makes a new stage', t => {
  const stages = cut(
    `inputs x
     a: x -> u
     b: u -> v
     c: v -> y
     outputs y`,
    {A: 'a c', B: 'b'},
  );
  t.deepEqual(stages, ['A: a | x -> u', 'B: b | u -> v', 'A: c | v -> y']);
});

// x ─ a(A) ─┬──────────── d(A) ─ y
//           └ b(B) ─ c(B) ─┘
test('a skip connection goes straight from its producer to its consumer', t => {
  const stages = cut(
    `inputs x
     a: x -> u
     b: u -> v
     c: v -> w
     d: u w -> y
     outputs y`,
    {A: 'a d', B: 'b c'},
  );
  t.deepEqual(stages, ['A: a | x -> u', 'B: b c | u -> w', 'A: d | u w -> y']);
});

test('a value that two other stages read is one output', t => {
  const stages = cut(
    `inputs x
     a: x -> u
     b: u -> v
     c: u -> w
     d: v w -> y
     outputs y`,
    {A: 'a', B: 'b', C: 'c', D: 'd'},
  );
  t.is(stages[0], 'A: a | x -> u');
  t.deepEqual(stages.slice(1), ['B: b | u -> v', 'C: c | u -> w', 'D: d | v w -> y']);
});

test('a network output that other stages read too is one output', t => {
  const stages = cut(
    `inputs x
     a: x -> u
     b: u -> y
     outputs u y`,
    {A: 'a', B: 'b'},
  );
  t.deepEqual(stages, ['A: a | x -> u', 'B: b | u -> y']);
});

test('branches that are not connected share a stage of their device and level', t => {
  const stages = cut(
    `inputs x z
     a: x -> u
     b: z -> v
     outputs u v`,
    {A: 'a b'},
  );
  t.deepEqual(stages, ['A: a b | x z -> u v']);
});

// x ─ a(A) ───────────── d(A) ─ y, where only d waits for B
// z ─ b(B) ──────────────┘
test('a stage joins a later one of its device if nothing else reads from it', t => {
  const stages = cut(
    `inputs x z
     a: x -> u
     b: z -> v
     d: u v -> y
     outputs y`,
    {A: 'a d', B: 'b'},
  );
  t.deepEqual(stages, ['B: b | z -> v', 'A: a d | x v -> y']);
});

// x ─ a(A) ─ b(B) ─ y
// z ─ c(B) ─ d(A) ─ v: joining a and d would make b wait for c.
test('stages of one device stay apart where another would have to wait for both', t => {
  const stages = cut(
    `inputs x z
     a: x -> u
     b: u -> y
     c: z -> w
     d: w -> v
     outputs y v`,
    {A: 'a d', B: 'b c'},
  );
  t.deepEqual(stages, ['A: a | x -> u', 'B: c | z -> w', 'B: b | u -> y', 'A: d | w -> v']);
});

test('the example of docs/SPLITTING.md comes out as it says there', t => {
  const stages = cut(
    `inputs x z
     weights w=64
     shape: w -> s
     conv1: x s -> a
     side: x -> b
     norm: a s -> c
     gate: z -> d
     conv2: c -> e
     add: e b d -> y
     outputs y`,
    {A: 'conv1 side conv2 add', B: 'norm gate'},
  );
  t.deepEqual(stages, [
    'A: shape conv1 side | x -> a b',
    'B: shape norm gate | z a -> c d',
    'A: conv2 add | c b d -> y',
  ]);
});

// OpenVINO's union-find glues a and c through the shared constant and must then break the cycle.
test('a shared initializer does not tie stages together', t => {
  const stages = cut(
    `inputs x
     weights w=100
     a: x w -> u
     b: u -> v
     c: v w -> y
     outputs y`,
    {A: 'a c', B: 'b'},
  );
  t.deepEqual(stages, ['A: a | x -> u', 'B: b | u -> v', 'A: c | v -> y']);
});

test('constant operations are made again in each stage that needs them', t => {
  const graph = planGraph(
    `inputs x
     weights w=100
     k: w -> kw
     kk: kw -> kkw
     a: x kkw -> u
     b: u kw -> y
     outputs y`,
  );
  const cuts = cutStages(graph, affinityOf({A: 'a', B: 'b'}));
  t.deepEqual(drawCuts(graph, cuts), ['A: k kk a | x -> u', 'B: k b | u -> y']);
  t.deepEqual(
    cuts.map(stage => stage.weightsBytes),
    [100, 100],
  );
});

test('an initializer that several operations of a stage read is counted once', t => {
  const graph = planGraph(
    `inputs x
     weights w=100 v=20
     a: x w -> u
     b: u w v -> y
     outputs y`,
  );
  t.is(cutStages(graph, affinityOf({A: 'a b'}))[0]?.weightsBytes, 120);
});

test('a constant operation that makes a network output has a stage, and copies elsewhere', t => {
  const stages = cut(
    `inputs x
     weights w=4
     k: w -> c
     a: x c -> y
     outputs y c`,
    {A: 'a', B: 'k'},
  );
  t.deepEqual(stages, ['B: k | -> c', 'A: k a | x -> y']);
});

test('a random operation without inputs is made once, and its value travels', t => {
  const stages = cut(
    `inputs x
     ~noise: -> n
     a: x n -> u
     b: u n -> y
     outputs y`,
    {A: 'noise a', B: 'b'},
  );
  t.deepEqual(stages, ['A: noise a | x -> n u', 'B: b | u n -> y']);
});

test('each stage that reads an overridable initializer, through constants too, is given it', t => {
  const stages = cut(
    `inputs x
     overridable s=4 unread=4
     k: s -> c
     a: x s -> u
     b: u c -> y
     outputs y`,
    {A: 'a', B: 'b'},
  );
  t.deepEqual(stages, ['A: a | x s? -> u', 'B: k b | u s? -> y']);
});

test('operations that no output needs are in no stage and need no device', t => {
  const stages = cut(
    `inputs x
     a: x -> u
     dead: u -> v
     b: u -> y
     outputs y`,
    {A: 'a b'},
  );
  t.deepEqual(stages, ['A: a b | x -> y']);
});

test('a network output that is a network input is made by no stage', t => {
  t.deepEqual(cut('inputs x\noutputs x', {}), []);
});

test('a network output that is an initializer is an output of the first stage that reads it', t => {
  const stages = cut(
    `inputs x
     weights v=4 w=4
     a: x -> u
     b: u w -> y
     outputs y w v`,
    {A: 'a', B: 'b'},
  );
  t.deepEqual(stages, ['A: a | x -> u v', 'B: b | u -> y w']);
});

test('a network of initializers alone is a stage without operations', t => {
  const graph = planGraph('weights w=8\noverridable v=4\noutputs w v');
  const cuts = cutStages(graph, new Map(), {defaultDevice: 'A'});
  t.deepEqual(drawCuts(graph, cuts), ['A: | v? -> w v']);
  t.is(cuts[0]?.weightsBytes, 12);
});

// pack and take share a sequence; b lies beside them, on another device.
test('operations that share a sequence are one stage although one of them has to wait', t => {
  const stages = cut(
    `inputs x z
     a: x -> u
     b: u -> v
     pack: z -> seq
     take: seq v -> y
     other seq
     outputs y`,
    {A: 'a pack take', B: 'b'},
  );
  t.deepEqual(stages, ['A: a | x -> u', 'B: b | u -> v', 'A: pack take | z v -> y']);
});

test('a value of unknown type is not cut', t => {
  const drawing = `inputs x
    a: x -> u
    b: u -> y
    unknown u
    outputs y`;
  t.deepEqual(cut(drawing, {A: 'a b'}), ['A: a b | x -> y']);
  t.throws(() => cut(drawing, {A: 'a', B: 'b'}), {code: 'INVALID_ARGUMENT', message: /value 'u'/});
});

test('a sequence whose way leaves the device and comes back is refused', t => {
  const drawing = `inputs x
    pack: x -> seq u
    b: u -> v
    take: seq v -> y
    other seq
    outputs y`;
  t.throws(() => cut(drawing, {A: 'pack take', B: 'b'}), {
    code: 'INVALID_ARGUMENT',
    message: /value 'seq' from 'pack' on A to 'take' on A, .* through 'b'/,
  });
});

test('an operation without a device is named', t => {
  const drawing = `inputs x
    a: x -> u
    b: u -> y
    outputs y`;
  t.throws(() => cut(drawing, {A: 'a'}), {code: 'AFFINITY_INCOMPLETE', message: /1: 'b'$/});
});

test('operations that read what nothing makes are refused', t => {
  const drawing = `inputs x
    a: x later -> u
    b: u -> later
    outputs later`;
  t.throws(() => cut(drawing, {A: 'a b'}), {code: 'INVALID_NETWORK', message: /'a' reads 'later'/});
});

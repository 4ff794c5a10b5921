import test from 'ava';
import {assignByFallback} from '../../../../src/plan/assign-affinity.js';
import {cutStages} from '../../../../src/plan/cut-stages.js';
import {type ExplainedPlan, explain} from '../../../../src/plan/explain.js';
import {explainDot} from '../../../../src/plan/explain-dot.js';
import {explainSvg} from '../../../../src/plan/explain-svg.js';
import {buildStageGraph} from '../../../../src/plan/stage-graph.js';
import {candidate, planGraph} from '../../../support/plan-graph.js';

function planOf(drawing: string, refused: Readonly<Record<string, string>>): ExplainedPlan {
  const graph = planGraph(drawing);
  const candidates = [candidate('WASM', graph, refused), candidate('CPU', graph)];
  const assignment = assignByFallback({graph, candidates});
  const cuts = cutStages(graph, assignment.affinity, {defaultDevice: 'CPU'});
  return {graph, assignment, stageGraph: buildStageGraph(graph, cuts)};
}

const plan = planOf(
  `inputs x
   weights w=2048
   overridable s=16
   k: w -> kw
   conv: x kw -> u
   norm: u s -> v
   relu: v -> y
   dead: v -> d
   dynamic v
   outputs y`,
  {norm: 'no kernel for Norm'},
);

test('a plan is explained by its stages, what crosses, and every operation’s reason', t => {
  t.is(
    explain(plan),
    `network 'drawn': 5 operations in 3 stages on WASM, CPU
per request: 32 B from the client, 16 B + ? between stages, 16 B to the client

stage0 WASM: execute on WASM, 2 operations, 2 KiB of weights
  runs k, conv
  in   x f32[1,4] (16 B) from the client
  out  u f32[1,4] (16 B) to stage1 CPU

stage1 CPU: execute on CPU, 1 operation, 16 B of weights
  runs norm
  in   u f32[1,4] (16 B) from stage0 WASM
  in   s f32[1,4] (16 B) from the client, if it overrides
  out  v f32[?,4] (16 B × ?) to stage2 WASM

stage2 WASM: execute on WASM, 1 operation
  runs relu
  in   v f32[?,4] (16 B × ?) from stage1 CPU
  out  y f32[1,4] (16 B) to the client

constant: made again in stage0 WASM
  1: k
WASM: WASM supports it and comes first
  2: conv, relu
CPU: WASM: no kernel for Norm; CPU supports it
  1: norm
nowhere: no network output needs it
  1: dead
`,
  );
});

test('verbose, every operation has a line of its own', t => {
  const text = explain(plan, {verbose: true});
  t.true(
    text.endsWith(`
k (K): constant: made again in stage0 WASM
conv (Conv): WASM: WASM supports it and comes first
norm (Norm): CPU: WASM: no kernel for Norm; CPU supports it
relu (Relu): WASM: WASM supports it and comes first
dead (Dead): nowhere: no network output needs it
`),
  );
});

test('long lists of operations are shortened unless verbose', t => {
  const lines = Array.from({length: 20}, (_, at) => `o${at}: v${at} -> v${at + 1}`);
  const long = planOf(['inputs v0', ...lines, 'outputs v20'].join('\n'), {});
  t.true(explain(long).includes('  runs o0, o1, o2, o3, o4, … 14 more …, o19\n'));
  t.true(explain(long, {verbose: true}).includes(', o17, o18, o19\n'));
});

test('a network without operations is explained', t => {
  const text = explain(planOf('inputs x\noutputs x', {}));
  t.regex(text, /^network 'drawn': 0 operations in 0 stages on no device\n/);
});

test('DOT has a box for each stage and an arrow for each pair', t => {
  const text = explainDot(plan.stageGraph);
  t.is(text.match(/^ {2}stage\d \[/gm)?.length, 3);
  t.true(text.includes('  sends -> stage0 [label="x 16 B"];'));
  t.true(text.includes('  sends -> stage1 [label="s? 16 B"];'));
  t.true(text.includes('  stage1 -> stage2 [label="v ? B"];'));
  t.true(text.includes('  stage2 -> receives [label="y 16 B"];'));
});

test('names cannot break out of DOT', t => {
  const odd = planOf('inputs "\\x\na: "\\x -> y\noutputs y', {});
  t.true(explainDot(odd.stageGraph).includes('[label="\\"\\\\x 16 B"];'));
});

test('the drawing names every stage and tensor', t => {
  const svg = explainSvg(plan.stageGraph);
  for (const text of ['stage0 WASM', 'stage1 CPU', 'stage2 WASM', 's? 16 B', 'v ? B', 'y 16 B']) {
    t.true(svg.includes(`>${text}</tspan>`), text);
  }
  t.is(svg.match(/class="box"/g)?.length, 5);
  t.is(svg.match(/class="arrow"/g)?.length, 5);
});

test('names cannot break out of the drawing', t => {
  const svg = explainSvg(planOf('inputs <x&\na: <x& -> y\noutputs y', {}).stageGraph);
  t.true(svg.includes('>&lt;x&amp; 16 B<'));
});

test('a network of an echo alone is drawn', t => {
  const svg = explainSvg(planOf('inputs x\noutputs x', {}).stageGraph);
  t.is(svg.match(/class="arrow"/g)?.length, 1);
});

test('more stages than a reader could take in are not drawn', t => {
  const lines = Array.from({length: 202}, (_, at) => `o${at}: v${at} -> v${at + 1}`);
  const refused = Object.fromEntries(lines.map((_, at) => [at % 2 ? `o${at}` : '', 'no']));
  const long = planOf(['inputs v0', ...lines, 'outputs v202'].join('\n'), refused);
  t.is(long.stageGraph.stages.length, 202);
  t.throws(() => explainSvg(long.stageGraph), {code: 'INVALID_ARGUMENT', message: /given 202/});
});

import test from 'ava';
import fc from 'fast-check';
import type {NetworkGraph} from '../../../../schemas/network-graph.js';
import type {StageGraph} from '../../../../schemas/stage-graph.js';
import {InferenceError} from '../../../../src/errors.js';
import {assignByFallback} from '../../../../src/plan/assign-affinity.js';
import {cutStages} from '../../../../src/plan/cut-stages.js';
import {buildStageGraph} from '../../../../src/plan/stage-graph.js';
import {candidate} from '../../../support/plan-graph.js';
import {planDevices, type RandomPlan, randomPlan} from '../../../support/random-plan.js';
import {SymbolicRun} from '../../../support/symbolic-run.js';

const runs = {numRuns: 500};
const options = {defaultDevice: 'A'};

function splitOf({graph, affinity}: Pick<RandomPlan, 'graph' | 'affinity'>): StageGraph {
  return buildStageGraph(graph, cutStages(graph, affinity, options), options);
}

/** Whether an operation depends on no network input and no random operation: by plain recursion. */
function isConstant(graph: NetworkGraph, name: string): boolean {
  const operation = graph.operations.find(each => each.name === name);
  if (operation === undefined || operation.random) return false;
  return operation.inputs.every(value => isConstantValue(graph, value));
}

function isConstantValue(graph: NetworkGraph, value: string): boolean {
  const producer = graph.operations.find(({outputs}) => outputs.includes(value));
  return producer === undefined ? !graph.inputs.includes(value) : isConstant(graph, producer.name);
}

/** The operations that a network output depends on. */
function neededOperations(graph: NetworkGraph): ReadonlySet<string> {
  const values = new Set(graph.outputs);
  const needed = new Set<string>();
  for (const operation of graph.operations.toReversed()) {
    if (!operation.outputs.some(output => values.has(output))) continue;
    needed.add(operation.name);
    for (const input of operation.inputs) values.add(input);
  }
  return needed;
}

function check(name: string, property: (plan: RandomPlan) => void): void {
  test(name, t => {
    t.notThrows(() => fc.assert(fc.property(randomPlan({sequences: false}), property), runs));
  });
}

function expect(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

check(
  'edges go only from earlier to later stages, so no path leaves a stage and re-enters',
  plan => {
    for (const {from, to} of splitOf(plan).edges) {
      expect(to === -1 || from < to, `edge ${from} -> ${to}`);
    }
  },
);

check('every needed operation that is no constant is in exactly one stage, of its device', plan => {
  const {graph, affinity} = plan;
  const {stages} = splitOf(plan);
  for (const name of neededOperations(graph)) {
    if (isConstant(graph, name)) continue;
    const devices = stages.filter(stage => stage.operations.includes(name)).map(s => s.device);
    expect(devices.length === 1 && devices[0] === affinity.get(name), `${name} on ${devices}`);
  }
});

check('stages run no operation that no output needs', plan => {
  const needed = neededOperations(plan.graph);
  const names = splitOf(plan).stages.flatMap(stage => stage.operations);
  expect(
    names.every(name => needed.has(name)),
    `${names} beyond ${[...needed]}`,
  );
});

check('constants never travel between stages', plan => {
  for (const {from, output, to} of splitOf(plan).edges) {
    expect(from === -1 || to === -1 || !isConstantValue(plan.graph, output), `${output} travels`);
  }
});

check('every output of a stage is read, and every network output comes exactly once', plan => {
  const {stages, edges} = splitOf(plan);
  for (const {index, outputs} of stages) {
    expect(outputs.length > 0, `stage ${index} makes nothing`);
    for (const {name} of outputs) {
      expect(
        edges.some(edge => edge.from === index && edge.output === name),
        `${name} goes nowhere`,
      );
    }
  }
  const arriving = edges.filter(edge => edge.to === -1).map(edge => edge.input);
  expect(arriving.toSorted().join() === plan.graph.outputs.toSorted().join(), `${arriving}`);
});

check('stage by stage the outputs are those of the undivided network', ({graph, affinity}) => {
  const run = new SymbolicRun(graph);
  const stageGraph = splitOf({graph, affinity});
  for (const brought of [graph.inputs, [...graph.inputs, ...graph.overridable]]) {
    const given = new Map(brought.map(name => [name, run.expression(`given ${name}`)]));
    const [whole, staged] = [run.whole(given), run.staged(stageGraph, given)];
    for (const name of graph.outputs) {
      expect(whole.get(name) === staged.get(name), `${name} differs: ${staged.get(name)}`);
    }
  }
});

check('there are no more stages than connected parts of one device and level', plan => {
  const {graph, affinity} = plan;
  const {stages, edges} = splitOf(plan);
  const {parts, levels} = connectedParts(graph, affinity);
  // A network whose outputs are initializers alone has a stage and no parts.
  expect(stages.length <= Math.max(parts, 1), `${stages.length} stages of ${parts} parts`);
  const depths = stages.map(() => 1);
  for (const {from, to} of edges.toSorted((a, b) => a.from - b.from)) {
    if (from >= 0 && to >= 0) depths[to] = Math.max(depths[to] ?? 1, (depths[from] ?? 1) + 1);
  }
  expect(Math.max(0, ...depths) <= Math.max(levels, 1), `${depths} deep in ${levels} levels`);
});

/** The alternative without merging: connected placed operations of one device and level. */
function connectedParts(graph: NetworkGraph, affinity: ReadonlyMap<string, string>) {
  const needed = neededOperations(graph);
  const outputs = new Set(graph.outputs);
  const placed = graph.operations.filter(
    ({name, outputs: makes}) =>
      needed.has(name) && (!isConstant(graph, name) || makes.some(value => outputs.has(value))),
  );
  const level = new Map<string, number>();
  const part = new Map<string, string>();
  const partOf = (name: string): string => {
    const up = part.get(name) ?? name;
    return up === name ? name : partOf(up);
  };
  for (const {name, inputs} of placed) {
    const sources = placed.filter(
      source => !isConstant(graph, source.name) && source.outputs.some(v => inputs.includes(v)),
    );
    const same = (source: string) => affinity.get(source) === affinity.get(name);
    const from = sources.map(s => (level.get(s.name) ?? 0) + (same(s.name) ? 0 : 1));
    level.set(name, Math.max(0, ...from));
    part.set(name, name);
    for (const source of sources) {
      if (same(source.name) && level.get(source.name) === level.get(name)) {
        part.set(partOf(source.name), partOf(name));
      }
    }
  }
  const parts = new Set(placed.map(({name}) => partOf(name))).size;
  return {parts, levels: 1 + Math.max(-1, ...level.values())};
}

test('the fallback never parts a sequence, and stages still make what the network makes', t => {
  let assigned = 0;
  const property = fc.property(randomPlan({sequences: true}), ({graph, supported}) => {
    const candidates = planDevices.map(device => {
      const refused = graph.operations.filter(({name}) => !supported.get(name)?.includes(device));
      return candidate(device, graph, Object.fromEntries(refused.map(({name}) => [name, 'no'])));
    });
    let affinity: ReadonlyMap<string, string>;
    try {
      affinity = assignByFallback({graph, candidates}).affinity;
    } catch (error) {
      const code = error instanceof InferenceError ? error.code : String(error);
      expect(code === 'UNSUPPORTED_OPERATIONS', code);
      return;
    }
    assigned++;
    for (const [name, device] of affinity) {
      expect(supported.get(name)?.includes(device) === true, `${name} on ${device}`);
    }
    const stageGraph = splitOf({graph, affinity});
    const run = new SymbolicRun(graph);
    const given = new Map(graph.inputs.map(name => [name, run.expression(`given ${name}`)]));
    const [whole, staged] = [run.whole(given), run.staged(stageGraph, given)];
    for (const name of graph.outputs) expect(whole.get(name) === staged.get(name), name);
  });
  t.notThrows(() => fc.assert(property, runs));
  t.true(assigned > 100, 'the property was about something');
});

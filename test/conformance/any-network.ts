import test, {type ExecutionContext} from 'ava';
import type {NetworkGraph} from '../../schemas/network-graph.js';
import type {NamedTensors} from '../../schemas/tensor.js';
import type {
  Core,
  ElementType,
  ExecutableNetwork,
  Network,
  StageGraph,
  TensorData,
} from '../../src/index.js';
import {withoutInitializers} from '../../src/network/without-initializers.js';
import {differences} from '../support/close-to.js';
import {hardCases} from '../support/hard-cases.js';
import {type RandomNetwork, randomNetwork} from '../support/random-network.js';
import {runModel} from '../support/run-model.js';
import {SeededRandom} from '../support/seeded-random.js';
import {tensorOf} from '../support/tensor-of.js';

/** A way to split a network, drawn from chance; the answer is the device to load it on. */
export type Splitting = (network: Network, random: SeededRandom) => string;

export interface AnyNetworkOptions {
  /** What is split is one of these by turns. */
  readonly splittings: readonly Splitting[];
  readonly seeds: readonly number[];
  /** How to run the cases of one seed again. */
  readonly replay: (seed: number) => string;
  open(): Promise<Core>;
}

/** Any network, split any way, gives what it gives undivided in ONNX Runtime. */
export function splitsAnyNetwork(name: string, options: AnyNetworkOptions): void {
  const {splittings, seeds, replay, open} = options;
  const met = new Set<string>();
  for (const seed of seeds) {
    test.serial(`${name}: network ${seed} gives what it gives undivided`, async t => {
      const splitting = splittings[seed % splittings.length];
      if (splitting === undefined) return t.fail('there is no way to split');
      try {
        await splitAndCompare(t, {core: await open(), seed, splitting, met});
      } finally {
        if (!t.passed) t.log(`run again: ${replay(seed)}`);
      }
    });
  }
  if (seeds.length < casesToMeetAll) return;
  test.serial(`${name}: the networks were split in every hard way`, t => {
    t.deepEqual(
      Object.keys(hardCases).filter(each => !met.has(each)),
      [],
    );
  });
}

/** With so many networks each hard case must come up. */
const casesToMeetAll = 36;

interface Case {
  readonly core: Core;
  readonly seed: number;
  readonly splitting: Splitting;
  /** Hard cases that came up. */
  readonly met: Set<string>;
}

async function splitAndCompare(
  t: ExecutionContext,
  {core, seed, splitting, met}: Case,
): Promise<void> {
  const random = new SeededRandom(seed + 1);
  const drawn = randomNetwork(seed, {stepsMin: 8, stepsMax: 14, continuous: true});
  const network = await core.readNetwork(drawn.bytes);
  const device = splitting(network, random);
  const executable = await core.loadNetwork(network, device);
  try {
    const {graph} = network.parsed;
    const {stageGraph} = executable;
    for (const [name, holds] of Object.entries(hardCases)) {
      if (holds(stageGraph, graph)) met.add(name);
    }
    t.deepEqual(wrongEdges(stageGraph, graph), []);
    t.deepEqual(splitOperations(stageGraph, graph), []);
    await compare(t, drawn, executable, random);
  } finally {
    await executable.release();
  }
}

/** Runs as drawn, with another batch, and with some initializers overridden, all at once. */
async function compare(
  t: ExecutionContext,
  {bytes, inputs}: RandomNetwork,
  executable: ExecutableNetwork,
  random: SeededRandom,
): Promise<void> {
  const other = otherBatch(executable, inputs, random);
  const overrides = drawOverrides(executable, random);
  const overridden = withoutInitializers(bytes, overrides.keys());
  const both = new Map([...other, ...overrides]);
  const runs = [
    {inputs, expected: await runModel(bytes, inputs)},
    {inputs: other, expected: await runModel(bytes, other)},
    {inputs: both, expected: await runModel(overridden, both)},
  ];
  await Promise.all(
    [...runs, ...runs].map(async ({inputs: given, expected}) => {
      const outputs = await executable.createInferRequest().infer(Object.fromEntries(given));
      t.deepEqual(differences(new Map(Object.entries(outputs)), expected), []);
      t.deepEqual(Object.keys(outputs), [...expected.keys()]);
    }),
  );
}

/** The same inputs with another size for what has a name instead of one. */
function otherBatch(
  {inputs: infos}: ExecutableNetwork,
  inputs: NamedTensors,
  random: SeededRandom,
): NamedTensors {
  const batch = random.whole(1, 5);
  const resized = infos.flatMap(({name, type, shape}) => {
    if (shape?.every(size => typeof size === 'number') ?? true) return [];
    const sizes = (shape ?? []).map(size => (typeof size === 'number' ? size : batch));
    return [[name, drawTensor(type, sizes, random)] as const];
  });
  return new Map([...inputs, ...resized]);
}

function drawOverrides({overridable}: ExecutableNetwork, random: SeededRandom): NamedTensors {
  const chosen = overridable.filter(() => random.chance(0.6));
  return new Map(
    chosen.map(({name, type, shape}) => [
      name,
      drawTensor(type, (shape ?? []).map(Number), random),
    ]),
  );
}

function drawTensor(type: ElementType, shape: readonly number[], random: SeededRandom): TensorData {
  const elements = shape.reduce((product, size) => product * size, 1);
  const draw = () => (type === 'f32' ? random.next() * 2 - 1 : random.whole(-3, 3));
  return tensorOf(type, shape, Array.from({length: elements}, draw));
}

/** Edges between stages that carry a constant, or what is no tensor. */
function wrongEdges({edges}: StageGraph, graph: NetworkGraph): readonly string[] {
  const varying = varyingValues(graph);
  const makers = new Map(
    graph.operations.flatMap(({type, outputs}) => outputs.map(o => [o, type])),
  );
  return edges
    .filter(({from, to}) => from >= 0 && to >= 0)
    .map(({output}) => output)
    .filter(output => !varying.has(output) || makers.get(output) === 'SequenceConstruct');
}

/** Values that differ from request to request. */
function varyingValues({operations, inputs}: NetworkGraph): ReadonlySet<string> {
  const varying = new Set(inputs);
  for (const operation of operations) {
    if (!operation.random && !operation.inputs.some(name => varying.has(name))) continue;
    for (const output of operation.outputs) varying.add(output);
  }
  return varying;
}

/** Operations that are no constants and in several stages. */
function splitOperations({stages}: StageGraph, graph: NetworkGraph): readonly string[] {
  const varying = varyingValues(graph);
  return graph.operations
    .filter(({outputs}) => outputs.some(output => varying.has(output)))
    .map(({name}) => name)
    .filter(name => stages.filter(({operations}) => operations.includes(name)).length > 1);
}

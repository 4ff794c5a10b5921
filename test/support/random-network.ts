import type {NamedTensors, TensorData} from '../../schemas/tensor.js';
import {GrowingNetwork} from './growing-network.js';
import {NetworkBuilder} from './network-builder.js';
import {continuousSteps, randomSteps} from './random-steps.js';
import {SeededRandom} from './seeded-random.js';
import {tensorOf} from './tensor-of.js';

export interface RandomNetwork {
  readonly bytes: Uint8Array;
  /** A value for each required input. */
  readonly inputs: NamedTensors;
}

export interface RandomNetworkOptions {
  readonly stepsMin?: number;
  readonly stepsMax?: number;
  /** Leaves out what compares and rounds, so that devices that round differently agree nearly. */
  readonly continuous?: boolean;
}

/**
 * A valid network drawn from a seed, always the same one: inputs of shape [batch, width], branches
 * and skips, shared and overridable initializers, computed constants, several outputs of which
 * some are used inside, optional inputs, control flow with captured values, sequences, local
 * functions; whole numbers, booleans and strings. ONNX Runtime's CPU runs it, and no value grows
 * large.
 */
export function randomNetwork(seed: number, options: RandomNetworkOptions = {}): RandomNetwork {
  const {stepsMin = 1, stepsMax = 24, continuous = false} = options;
  const random = new SeededRandom(seed);
  const builder = newNetwork(seed);
  const net = new GrowingNetwork(builder, random);
  const inputs = addInputs(net);
  const kinds = continuous ? continuousSteps : randomSteps;
  const steps = random.whole(stepsMin, stepsMax);
  for (let step = 0; step < steps; step++) random.pick(kinds)(net);
  addOutputs(net, new Set(inputs.keys()));
  return {bytes: builder.bytes(), inputs};
}

function newNetwork(seed: number): NetworkBuilder {
  const blend = new NetworkBuilder('Blend').node('Tanh', 'a', 't').node('Add', 't b', 'sum');
  return new NetworkBuilder(`random ${seed}`)
    .opset('com.microsoft', 1)
    .function('local.Blend', 'a b', 'sum', blend);
}

function addInputs(net: GrowingNetwork): NamedTensors {
  const {random, builder} = net;
  const batch = random.whole(1, 3);
  const dimension = random.chance(0.6) ? 'batch' : batch;
  const inputs = new Map<string, TensorData>();
  for (let count = random.whole(1, 3); count > 0; count--) {
    const name = net.fresh('in');
    const width = random.pick([2, 4]);
    builder.input(name, 'f32', [dimension, width]);
    inputs.set(name, net.tensor([batch, width]));
    net.add(name, width, 1);
  }
  if (random.chance(0.3)) inputs.set(...addWholeInput(net, batch, dimension));
  if (random.chance(0.3)) inputs.set(...addWordsInput(net));
  return inputs;
}

function addWholeInput(net: GrowingNetwork, batch: number, dimension: number | string) {
  const name = net.fresh('in');
  net.builder.input(name, 'i64', [dimension, 2]);
  net.add(net.node('Cast', [name], {to: 1n}), 2, 3);
  const values = Array.from({length: batch * 2}, () => net.random.whole(-3, 3));
  return [name, tensorOf('i64', [batch, 2], values)] as const;
}

function addWordsInput(net: GrowingNetwork) {
  const name = net.fresh('in');
  net.builder.input(name, 'string', [2]);
  net.exact.push({name, type: 'string'}, {name: net.node('Identity', [name]), type: 'string'});
  return [name, tensorOf('string', [2], ['', `word ${name} é`])] as const;
}

/** The last value, and up to three others: some of them are used inside. Some exact ones, too. */
function addOutputs(net: GrowingNetwork, inputs: ReadonlySet<string>): void {
  const made = net.values.filter(({name}) => !inputs.has(name));
  if (made.length === 0) {
    const {name, width} = net.any();
    made.push(net.add(net.node('Identity', [name]), width, 1));
  }
  const outputs = new Set([made.at(-1)]);
  for (let more = net.random.whole(0, 3); more > 0; more--) outputs.add(net.random.pick(made));
  for (const output of outputs) {
    if (output === undefined) continue;
    if (net.random.chance(0.7)) net.builder.output(output.name, 'f32', ['rows', output.width]);
    else net.builder.output(output.name);
  }
  for (const {name, type} of net.exact) {
    if (!inputs.has(name) && net.random.chance(0.4)) net.builder.output(name, type, [2]);
  }
}

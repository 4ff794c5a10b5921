import {createHash} from 'node:crypto';
import type {Deployment} from '../../schemas/deployment.js';
import type {ExportedNetwork} from '../../schemas/exported-network.js';
import {invariant} from '../../src/errors.js';
import type {ExportedBlob, Payload} from '../../src/ports/blob-codec.js';
import {diamondWithSkip} from './stage-graphs.js';

export function payloadOf(text: string): Payload {
  const content = new TextEncoder().encode(text);
  const digest = createHash('sha256').update(content).digest('hex');
  return {digest, bytes: content.length, content};
}

const compiled = payloadOf('what CPU compiled');
const weights = payloadOf('the weights of that');
const model = payloadOf('a network');

/** A small exported network over the stage graph of a deployment. */
export function exportedNetwork(deployment: Deployment = diamondWithSkip()): ExportedNetwork {
  const {inputs, overridable, outputs} = deployment;
  const stageGraph = stageGraphOf(deployment);
  const stage = {
    ...{kind: 'CPU', plugin: 'CPU', pluginVersion: '1.2', config: {NUM_STREAMS: 2}},
    network: {model: refOf(model), weights: null},
    compiled: {
      ...{content: refOf(compiled), weights: refOf(weights)},
      requirements: {plugin: 'CPU', onnxruntime: '1.2'},
    },
  };
  const stages = stageGraph.stages.map(() => stage);
  return {
    ...{name: 'net', device: 'HETERO:A,B', config: {NUM_STREAMS: 2}},
    ...{inputs, overridable, outputs},
    preprocessing: {inputs: {x: {type: 'u8', layout: 'NHWC', steps: []}}, outputs: {}},
    states: [],
    variants: [{device: 'HETERO:A,B', batch: 1, stageGraph, stages}],
  };
}

export function exportedBlob(): ExportedBlob {
  return {
    plugin: {name: 'HETERO', version: '0.1.0'},
    network: exportedNetwork(),
    payloads: [compiled, weights, model],
  };
}

function stageGraphOf({variants}: Deployment) {
  const [variant] = variants;
  invariant(variant, 'a deployment has a variant');
  return variant.stageGraph;
}

function refOf({digest, bytes}: Payload) {
  return {digest, bytes};
}

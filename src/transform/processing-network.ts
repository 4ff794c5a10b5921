import type {TensorInfo} from '../../schemas/tensor.js';
import {modelProto} from '../network/model-proto.js';
import {writeModel} from '../network/write-model.js';
import type {StepGraph} from './step-graph.js';

/** A small network that pre- or postprocesses. */
export interface ProcessingNetwork {
  readonly model: Uint8Array;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

export function processingNetwork(
  name: string,
  {nodes, initializers, opsets, irVersion}: StepGraph,
  inputs: readonly TensorInfo[],
  outputs: readonly TensorInfo[],
): ProcessingNetwork {
  const graph = {name, nodes, initializers, inputs, outputs};
  const model = writeModel(modelProto({...graph, opsets, irVersion}));
  return {model, inputs, outputs};
}

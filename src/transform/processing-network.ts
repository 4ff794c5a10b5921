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

/** Resize and Pad take axes from this operator set on. */
const opsets = {'': 18};

export function processingNetwork(
  name: string,
  {nodes, initializers}: StepGraph,
  inputs: readonly TensorInfo[],
  outputs: readonly TensorInfo[],
): ProcessingNetwork {
  const model = writeModel(modelProto({name, nodes, initializers, inputs, outputs, opsets}));
  return {model, inputs, outputs};
}

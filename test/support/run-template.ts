import {operationTable} from '../../devices/template/operation-table.js';
import type {NamedTensors} from '../../schemas/tensor.js';
import {KernelNetwork} from '../../src/plugin/graph/kernel-network.js';
import {sharedBytes} from '../../src/plugin/shared-bytes.js';

/** Runs a model on TEMPLATE's kernels, in this thread. */
export function runTemplate(model: Uint8Array, inputs: NamedTensors): NamedTensors {
  const kernel = new KernelNetwork(operationTable, {model: sharedBytes(model), weights: undefined});
  return kernel.infer(inputs).tensors;
}

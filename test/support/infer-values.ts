import type {InferenceSession} from 'onnxruntime-node';
import {elementTypeOfOrt} from '../../devices/onnxruntime/ort-tensor.js';
import type {ValueInfo} from '../../schemas/network-graph.js';
import {exposeValues} from '../../src/network/expose-values.js';
import type {Network} from '../../src/network/network.js';
import {openSession} from './run-model.js';

/** The type of every value of a network that needs no external files, as ONNX Runtime infers it. */
export async function inferValues(network: Network): Promise<ReadonlyMap<string, ValueInfo>> {
  const session = await openSession(exposeValues(network));
  const values = new Map(session.outputMetadata.map(output => [output.name, valueInfo(output)]));
  await session.release();
  return values;
}

/** An unknown rank is reported as `[]`, as a scalar is: either is taken for unknown. */
function valueInfo(value: InferenceSession.ValueMetadata): ValueInfo {
  const type = value.isTensor ? elementTypeOfOrt(value.type) : undefined;
  if (!value.isTensor || type === undefined) return {kind: 'other'};
  if (value.shape.length === 0) return {kind: 'tensor', type, shape: null};
  return {kind: 'tensor', type, shape: value.shape.map(size => (size === '' ? '?' : size))};
}

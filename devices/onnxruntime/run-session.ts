import type {InferenceSession, Tensor} from 'onnxruntime-node';
import type {NamedTensors, TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../../src/errors.js';
import {checkTensorFits} from '../../src/tensor-check.js';
import {logSeverityLevel} from './backend.js';
import {failedOperation, usefulMessage} from './ort-message.js';
import {fromOrt, toOrt} from './ort-tensor.js';

export type Feeds = Readonly<Record<string, Tensor>>;

/** Throws MISSING_INPUT, TYPE_MISMATCH, SHAPE_MISMATCH or SIZE_MISMATCH. */
export function feedsOf(inputs: readonly TensorInfo[], tensors: NamedTensors): Feeds {
  const feeds: Record<string, Tensor> = Object.create(null);
  for (const input of inputs) {
    const tensor = tensors.get(input.name);
    if (tensor === undefined) {
      const given = [...tensors.keys()].join(', ') || 'none';
      throw new InferenceError('MISSING_INPUT', `input ${input.name} is missing; given: ${given}`);
    }
    checkTensorFits(input, tensor);
    feeds[input.name] = toOrt(tensor);
  }
  return feeds;
}

/** The outputs, and microseconds in the session. Rejects with STAGE_FAILED. */
export async function runSession(session: InferenceSession, feeds: Feeds) {
  const startMs = performance.now();
  const results = await run(session, feeds);
  const executeUs = (performance.now() - startMs) * 1000;
  const outputs = session.outputNames.map(name => [name, fromOrt(name, results[name])] as const);
  return {tensors: new Map(outputs), executeUs};
}

async function run(session: InferenceSession, feeds: Feeds) {
  try {
    return await session.run(feeds, {logSeverityLevel});
  } catch (error) {
    const operation = failedOperation(error);
    const place = operation === undefined ? {} : {operation};
    throw new InferenceError('STAGE_FAILED', usefulMessage(error), place);
  }
}

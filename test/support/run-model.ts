import {InferenceSession, type Tensor} from 'onnxruntime-node';
import {fromOrt, toOrt} from '../../devices/onnxruntime/ort-tensor.js';
import type {NamedTensors} from '../../schemas/tensor.js';

/** ONNX Runtime as the judge: runs a model, given as bytes or as a file's path, undivided. */
export async function runModel(
  model: Uint8Array | string,
  inputs: NamedTensors,
  level: Optimization = 'disabled',
): Promise<NamedTensors> {
  const session = await openSession(model, level);
  try {
    return await runSession(session, inputs);
  } finally {
    await session.release();
  }
}

/** `all` is what devices use: patterns of a quantised network are fused then. */
export type Optimization = 'disabled' | 'all';

/** One thread, and nothing optimised away: what is compared must be computed alike. */
export function openSession(
  model: Uint8Array | string,
  level: Optimization = 'disabled',
): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    graphOptimizationLevel: level,
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  };
  return typeof model === 'string'
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options);
}

export async function runSession(
  session: InferenceSession,
  inputs: NamedTensors,
): Promise<NamedTensors> {
  const feeds = [...inputs].map(([name, tensor]) => [name, toOrt(tensor)] as const);
  const results = await session.run(Object.fromEntries(feeds));
  return new Map(
    session.outputNames.map(name => [name, fromOrt(name, results[name] as Tensor | undefined)]),
  );
}

import type {InferenceSession} from 'onnxruntime-node';
import type {Backend} from './backend.js';
import {usefulMessage} from './ort-message.js';

/** What opening a network told, to learn what ONNX Runtime thinks of it. */
export type Opening =
  | {
      readonly opened: true;
      readonly outputs: readonly InferenceSession.ValueMetadata[];
    }
  /** It can be run, but the binding does not know the type of one of its outputs. */
  | {readonly opened: true; readonly outputs: 'untold'}
  | {readonly opened: false; readonly reason: string};

/** Opens a model without optimising it, and closes it again. */
export async function openNetwork(
  backend: Backend,
  model: Uint8Array,
  weightsFile?: string,
): Promise<Opening> {
  try {
    const session = await backend.open(model, {threads: 1, weightsFile, optimize: false});
    const outputs = session.outputMetadata;
    await session.release();
    return {opened: true, outputs};
  } catch (error) {
    const reason = usefulMessage(error);
    if (/^unsupported data type: \d+$/i.test(reason)) return {opened: true, outputs: 'untold'};
    return {opened: false, reason};
  }
}

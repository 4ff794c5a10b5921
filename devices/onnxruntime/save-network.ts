import {InferenceError} from '../../src/errors.js';
import type {Backend, SaveOptions} from './backend.js';
import {usefulMessage} from './ort-message.js';

/** See Backend.save; answers null. Rejects with NOT_IMPLEMENTED or COMPILE_FAILED. */
export async function saveNetwork(
  backend: Backend,
  {model, ...to}: SaveOptions & {readonly model: Uint8Array},
): Promise<null> {
  if (backend.save === undefined) {
    const text = 'this build of ONNX Runtime does not write optimised networks';
    throw new InferenceError('NOT_IMPLEMENTED', text);
  }
  try {
    await backend.save(model, to);
    return null;
  } catch (error) {
    throw new InferenceError('COMPILE_FAILED', usefulMessage(error), {}, {cause: error});
  }
}

import {fileURLToPath} from 'node:url';

/** The example network: image f32[N,1,8,8] -> logits f32[N,10], 19 operations. */
export const digitsPath = fileURLToPath(
  new URL('../../../examples/digits/digits.onnx', import.meta.url),
);

import {readFile} from 'node:fs/promises';
import {createPluginEngine} from '../../../devices/cpu/index.js';
import {type Digits, pixelMax} from './digits.js';

/**
 * The probabilities of every image from the undivided network, run directly in onnxruntime: scaled
 * here, one image at a time, softmax in plain arithmetic.
 */
export async function referenceProbabilities(digits: Digits): Promise<readonly Float64Array[]> {
  const plugin = createPluginEngine();
  try {
    const model = await readFile(digits.networkPath);
    const network = await plugin.loadNetwork({model, weightsFile: undefined}, {});
    const probabilities: Float64Array[] = [];
    for (const {data} of digits.images) {
      const pixels = Float32Array.from(data, value => value / pixelMax);
      const image = {type: 'f32' as const, shape: [1, 1, 8, 8], data: pixels};
      const tensors = new Map([['image', image]]);
      const result = await network.infer({tensors, owned: true, profile: false});
      const logits = result.tensors.get('logits')?.data;
      probabilities.push(softmax(Array.from((logits ?? []) as Float32Array)));
    }
    return probabilities;
  } finally {
    await plugin.close();
  }
}

function softmax(logits: readonly number[]): Float64Array {
  const highest = Math.max(...logits);
  const powers = Float64Array.from(logits, logit => Math.exp(logit - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map(power => power / sum);
}

import {isDeepStrictEqual} from 'node:util';
import type {NamedTensors, TensorData, TensorInfo} from '../../schemas/tensor.js';
import {parsePreprocessing} from '../../src/transform/parse-preprocessing.js';
import {preprocessedName, preprocessNetwork} from '../../src/transform/preprocess-network.js';
import {differences} from './close-to.js';
import {runModel} from './run-model.js';
import {runTemplate} from './run-template.js';

/**
 * What the declared preprocessing of one input makes of what a client brings: run by ONNX Runtime
 * itself, with and without its optimisations, and by TEMPLATE's kernels, which have to agree.
 */
export async function runSteps(
  declared: object,
  input: TensorInfo,
  brought: NamedTensors | TensorData,
): Promise<TensorData> {
  const {inputs} = parsePreprocessing({inputs: {[input.name]: declared}});
  const {model, outputs} = preprocessNetwork(inputs, [input]);
  const tensors = 'type' in brought ? new Map([[input.name, brought]]) : brought;
  if (outputs.length === 0) return tensors.values().next().value as TensorData;
  const expected = await runModel(model, tensors);
  const others = {
    'with optimisations': await runModel(model, tensors, 'all'),
    'on TEMPLATE': runTemplate(model, tensors),
  };
  for (const [where, given] of Object.entries(others)) {
    const differs = isDeepStrictEqual(given, expected) ? [] : differences(given, expected);
    if (differs.length > 0) throw new Error(`${where}: ${differs.join('; ')}`);
  }
  const result = expected.get(preprocessedName(input.name));
  if (result === undefined) throw new Error('nothing was preprocessed');
  return result;
}

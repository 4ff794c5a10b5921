import {readFileSync} from 'node:fs';
import {runInNewContext} from 'node:vm';
import test from 'ava';
import {type ElementType, elementTypes} from '../../../schemas/element-type.js';
import type {ProcessingStep} from '../../../schemas/preprocessing.js';
import {processingStepSchema} from '../../../schemas/preprocessing.js';
import type {NamedTensors, TensorData} from '../../../schemas/tensor.js';
import {PrePostProcessor} from '../../../src/client/pre-post-processor.js';
import {parsePreprocessing} from '../../../src/transform/parse-preprocessing.js';
import {postprocessNetwork, rawName} from '../../../src/transform/postprocess-network.js';
import {differences} from '../../support/close-to.js';
import {NetworkBuilder} from '../../support/network-builder.js';
import {runModel} from '../../support/run-model.js';
import {runSteps} from '../../support/run-steps.js';
import {tensorOf} from '../../support/tensor-of.js';

const page = readFileSync(new URL('../../../../docs/PREPROCESSING.md', import.meta.url), 'utf8');

/** x + 1 */
const increment = new NetworkBuilder('increment')
  .input('x', 'f32', ['n', 2])
  .initializer('one', tensorOf('f32', [], [1]))
  .node('Add', 'x one', 'y')
  .output('y', 'f32', ['n', 2])
  .bytes();

interface Example {
  readonly code: string;
  readonly brought: NamedTensors;
  readonly expected: TensorData;
}

const examples = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, text = '']): Example => {
  const lines = text.trim().split('\n');
  const comments = lines.filter(line => line.startsWith('// ')).map(line => line.slice(3));
  const tensors = comments.map(line => [line.split(' ')[0] ?? '', tensorIn(line)] as const);
  const expected = tensors.find(([name]) => name === '->')?.[1];
  if (expected === undefined) throw new Error(`no result after: ${text}`);
  return {code: text, brought: new Map(tensors.filter(([name]) => name !== '->')), expected};
});

/** `x u8[1,2] 3 4` */
function tensorIn(line: string): TensorData {
  const [, type, shape = '', values = ''] = /^\S+ (\w+)\[([\d,]*)\](.*)$/.exec(line) ?? [];
  const known = elementTypes.find(each => each === type) as ElementType;
  return tensorOf(known, shape.split(',').map(Number), values.trim().split(' ').map(Number));
}

async function run({code, brought, expected}: Example): Promise<TensorData | undefined> {
  const steps = new PrePostProcessor();
  runInNewContext(code, {steps, increment});
  const {inputs, outputs} = parsePreprocessing(structuredClone(steps.build()));
  const [[input, declared] = []] = Object.entries(inputs);
  if (input !== undefined && declared !== undefined) {
    return runSteps(declared, {...expected, name: input}, brought);
  }
  const [[name, tensor] = ['', expected]] = brought;
  const {model} = postprocessNetwork(outputs, [{...tensor, name}]);
  return (await runModel(model, new Map([[rawName(name), tensor]]))).get(name);
}

for (const [index, example] of examples.entries()) {
  const [line = ''] = example.code.split('\n');
  test(`example ${index + 1} gives what it says: ${line}`, async t => {
    const given = await run(example);
    t.truthy(given);
    const [is, was] = [given, example.expected].map(
      tensor => new Map([['x', tensor as TensorData]]),
    );
    t.deepEqual(differences(is as NamedTensors, was as NamedTensors), []);
  });
}

test('every kind of step has an example', t => {
  const used = examples.map(({code}) => code).join('\n');
  const kinds = processingStepSchema.options.map(option => {
    const {kind} = option.shape as {readonly kind: {readonly value: ProcessingStep['kind']}};
    return kind.value;
  });
  t.true(kinds.length > 8);
  t.deepEqual(
    kinds.filter(kind => !used.includes(`.${kind}(`)),
    [],
  );
});

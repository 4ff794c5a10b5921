import {mkdir, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {openCase, operationOf} from '../../../../src/cli/conformance/open-case.js';
import {InferenceError} from '../../../../src/errors.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {temporaryFolder} from '../../../support/temporary-folder.js';
import {tensorOf} from '../../../support/tensor-of.js';
import {writeCase, writeTensor} from '../../../support/write-case.js';

const x = tensorOf('f32', [2], [1, 2]);
const scale = tensorOf('f32', [2], [3, 4]);

/** y = x * scale; z = x + y */
function network(): NetworkBuilder {
  return new NetworkBuilder()
    .input('x', 'f32', [2])
    .node('Mul', 'x scale', 'y')
    .node('Add', 'x y', 'z')
    .output('y')
    .output('z');
}

test('tensors belong to inputs and outputs by their order', async t => {
  const path = await temporaryFolder(t);
  const model = network()
    .overridable('scale', tensorOf('f32', [2]))
    .bytes();
  await writeCase(path, {model, inputs: [x, scale], outputs: [scale, x]});
  const opened = await openCase({name: 'case', path});
  t.deepEqual(opened.feeds, [
    new Map([
      ['x', x],
      ['scale', scale],
    ]),
  ]);
  t.deepEqual(opened.expected, [[scale, x]]);
  t.deepEqual(opened.outputNames, ['y', 'z']);
  t.is(await operationOf({name: 'case', path}), '(several)');
});

test('data sets and files in them are taken in the order of their numbers', async t => {
  const path = await temporaryFolder(t);
  const inputs = Array.from({length: 11}, (_, at) => tensorOf('f32', [1], [at]));
  const names = inputs.map((_, at) => `x${at}`);
  const builder = new NetworkBuilder().node('Sum', names, 'y').output('y', 'f32', [1]);
  for (const name of names) builder.input(name, 'f32', [1]);
  await writeCase(path, {model: builder.bytes(), inputs, outputs: [tensorOf('f32', [1], [55])]});
  const second = join(path, 'test_data_set_10');
  await mkdir(second);
  await writeTensor(join(second, 'output_0.pb'), tensorOf('f32', [1], [7]));
  const {feeds, expected} = await openCase({name: 'case', path});
  t.deepEqual([...(feeds[0]?.values() ?? [])], inputs);
  t.deepEqual([...(feeds[0]?.keys() ?? [])], names);
  t.is(feeds[1]?.size, 0);
  t.deepEqual(expected, [[tensorOf('f32', [1], [55])], [tensorOf('f32', [1], [7])]]);
  t.is(await operationOf({name: 'case', path}), 'Sum');
});

test('tensors and network that do not belong together are refused', async t => {
  const refuse = async (builder: NetworkBuilder, inputs: number, outputs: number) => {
    const path = await temporaryFolder(t);
    const tensors = (count: number) => Array.from({length: count}, () => x);
    const model = builder.bytes();
    await writeCase(path, {model, inputs: tensors(inputs), outputs: tensors(outputs)});
    const opening = openCase({name: 'case', path});
    const error = await t.throwsAsync(opening, {instanceOf: InferenceError});
    t.is(error.code, 'FILE_UNREADABLE');
    return error.message;
  };
  const constant = network().initializer('scale', scale);
  t.regex(await refuse(constant, 1, 1), /expected 2 output files, given 1/);
  t.regex(await refuse(constant, 2, 2), /expected at most 1 inputs, given 2/);
  const old = network().overridable('scale', scale).irVersion(3);
  t.regex(await refuse(old, 2, 2), /'scale', which the network holds constant/);
});

test('a case without data, with a gap in it, or with a broken file is refused', async t => {
  const path = await temporaryFolder(t);
  const model = network().initializer('scale', scale).bytes();
  await writeCase(path, {model, inputs: [x], outputs: [x, x]});
  const set = join(path, 'test_data_set_0');
  const refuse = async () => {
    const opening = openCase({name: 'case', path});
    return (await t.throwsAsync(opening, {instanceOf: InferenceError})).message;
  };
  await writeFile(join(set, 'input_0.pb'), 'no tensor');
  t.regex(await refuse(), /input_0\.pb: not a tensor/);
  await rm(join(set, 'input_0.pb'));
  await writeTensor(join(set, 'input_1.pb'), x);
  t.regex(await refuse(), /expected number 0 .* given input_1\.pb/);
  await rm(set, {recursive: true});
  t.regex(await refuse(), /expected a folder test_data_set_0/);
});

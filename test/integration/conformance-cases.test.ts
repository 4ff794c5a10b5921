import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {findCases} from '../../src/cli/conformance/find-cases.js';
import {runCases} from '../../src/cli/conformance/run-cases.js';
import {NetworkBuilder} from '../support/network-builder.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {tensorOf} from '../support/tensor-of.js';
import {type CaseContent, writeCase} from '../support/write-case.js';

const one = tensorOf('f32', [2], [1, -2]);

/** y = |x|; z = -(|x| + exp(|x|)), of which four ways to cut it all hold. */
const diamond: CaseContent = {
  model: new NetworkBuilder()
    .input('x', 'f32', [2])
    .node('Abs', 'x', 'y')
    .node('Exp', 'y', 'e')
    .node('Add', 'y e', 's')
    .node('Neg', 's', 'z')
    .output('y', 'f32', [2])
    .output('z', 'f32', [2])
    .bytes(),
  inputs: [one],
  outputs: [
    tensorOf('f32', [2], [1, 2]),
    tensorOf('f32', [2], [-(1 + Math.exp(1)), -(2 + Math.exp(2))]),
  ],
};

/** onnxruntime does not give this either. */
const wrong: CaseContent = {
  model: new NetworkBuilder('wrong')
    .input('x', 'f32', [2])
    .node('Neg', 'x', 'y')
    .output('y')
    .bytes(),
  inputs: [one],
  outputs: [one],
};

/** Two operations that share a sequence. */
const sequence: CaseContent = {
  model: new NetworkBuilder('sequence')
    .input('x', 'f32', [2])
    .node('SequenceConstruct', 'x x', 's')
    .node('ConcatFromSequence', 's', 'y', {axis: 0n})
    .output('y', 'f32', [4])
    .bytes(),
  inputs: [one],
  outputs: [tensorOf('f32', [4], [1, -2, 1, -2])],
};

const unknown: CaseContent = {
  ...wrong,
  model: new NetworkBuilder('unknown')
    .input('x', 'f32', [2])
    .node('NoSuchOperation', 'x', 'y')
    .output('y', 'f32', [2])
    .bytes(),
};

test('cases are run undivided and at every cut, and compared', async t => {
  const root = await temporaryFolder(t);
  for (const [name, content] of Object.entries({diamond, sequence, unknown, wrong})) {
    await mkdir(join(root, name));
    await writeCase(join(root, name), content);
  }
  const settings = {
    ...{connect: null, plugin: null, device: 'CPU', cutWith: 'CPU', noCuts: false},
    inferTimeoutMs: 30_000,
  };
  const told: string[] = [];
  const {results, cutWith} = await runCases(await findCases(root), {
    settings,
    processes: 2,
    stepTimeoutMs: 60_000,
    onResult: ({name}) => told.push(name),
  });
  t.is(cutWith, 'local/CPU');
  t.deepEqual(told.sort(), ['diamond', 'sequence', 'unknown', 'wrong']);
  t.deepEqual(
    results.map(({name, operation, outcome, cuts}) => [name, operation, outcome, cuts.passed]),
    [
      ['diamond', '(several)', 'passed', 4],
      ['sequence', '(several)', 'passed', 0],
      ['unknown', 'NoSuchOperation', 'unsupported', 0],
      ['wrong', 'Neg', 'passed', 0],
    ],
  );
  t.is(results[1]?.cuts.joined, 1);
  t.regex(results[2]?.message ?? '', /NoSuchOperation/);
  t.regex(results[3]?.message ?? '', /compared with onnxruntime/);
});

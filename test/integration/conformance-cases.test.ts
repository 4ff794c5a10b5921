import {mkdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import type {ConformanceReport} from '../../src/cli/conformance/conformance-report.js';
import {findCases} from '../../src/cli/conformance/find-cases.js';
import {runCases} from '../../src/cli/conformance/run-cases.js';
import {NetworkBuilder} from '../support/network-builder.js';
import {runCommand} from '../support/run-command.js';
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

const reckless = fileURLToPath(new URL('../support/reckless-plugin.js', import.meta.url));

/** x -> Neg -> `output`, whose name tells RECKLESS what to do. */
const recklessCase = (output: string): CaseContent => ({
  model: new NetworkBuilder()
    .input('x', 'f32', [2])
    .node('Neg', 'x', output)
    .output(output)
    .bytes(),
  inputs: [one],
  outputs: [tensorOf('f32', [2], [-1, 2])],
});

test('a case that ends its process or never ends costs that case, and the report tells', async t => {
  const root = await temporaryFolder(t);
  const folder = join(root, 'report');
  const contents = ['crash', 'good', 'hang', 'last', 'stall', 'wrong'].map(
    name => [name, recklessCase(name)] as const,
  );
  for (const [name, content] of [...contents, ['unknown', unknown] as const]) {
    await mkdir(join(root, 'cases', name), {recursive: true});
    await writeCase(join(root, 'cases', name), content);
  }
  const exitCode = process.exitCode;
  t.teardown(() => {
    process.exitCode = exitCode;
  });
  const where = ['--tests', join(root, 'cases'), '--report', folder];
  const how = [
    '--only',
    'operations',
    '--plugin',
    reckless,
    '--timeout',
    '6',
    '--no-cuts',
    '--jobs',
    '3',
  ];
  const {printed} = await runCommand('conformance', ...how, ...where);
  t.is(process.exitCode, 1);
  const json = await readFile(join(folder, 'conformance.json'), 'utf8');
  const {cases, ...report} = JSON.parse(json) as ConformanceReport;
  t.like(report, {
    ...{device: 'RECKLESS', passed: 2, failed: 1, unsupported: 1, crashed: 1, hanging: 2},
  });
  t.deepEqual(
    cases.map(({name, outcome}) => [name, outcome]),
    [
      ['crash', 'crashed'],
      ['good', 'passed'],
      ['hang', 'hanging'],
      ['last', 'passed'],
      ['stall', 'hanging'],
      ['unknown', 'unsupported'],
      ['wrong', 'failed'],
    ],
  );
  t.regex(printed, /^Neg +2 +1 +0 +1 +2/m);
  t.regex(printed, /^crashed +crash +undivided: the process ended \(SIGABRT\)/m);
  const page = await readFile(join(folder, 'conformance.html'), 'utf8');
  for (const {name} of cases) t.true(page.includes(`<td>${name}</td>`));
});

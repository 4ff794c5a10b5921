import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {z} from 'zod';
import {planResultSchema} from '../../schemas/messages/coordinator.js';
import type {TensorData} from '../../schemas/tensor.js';
import {readNpy, writeNpy} from '../../src/cli/npy.js';
import {createProgram} from '../../src/cli/program.js';
import {Core} from '../../src/index.js';
import {readNetwork} from '../../src/network/read-network.js';
import {capturedConsole} from '../support/captured-console.js';
import {digitsPath} from '../support/digits.js';
import {HeterodyneProcess, runHeterodyne} from '../support/heterodyne-process.js';
import {NetworkBuilder} from '../support/network-builder.js';
import {quantizedConvnet} from '../support/quantized-network.js';
import {runCommand} from '../support/run-command.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {tensorOf} from '../support/tensor-of.js';
import {xmlFault} from '../support/xml-fault.js';

/* The command line without a server: coordinator, devices and client in one process. */

delete process.env['HETERODYNE_SERVERS'];

const latencySchema = z.strictObject({
  median: z.number().positive(),
  average: z.number().positive(),
  min: z.number().positive(),
  max: z.number().positive(),
  p90: z.number().positive(),
  p95: z.number().positive(),
  p99: z.number().positive(),
});
const benchmarkSchema = z.strictObject({
  count: z.int().positive(),
  durationMs: z.number().positive(),
  latencyMs: latencySchema,
  throughput: z.number().positive(),
  firstInferenceMs: z.number().positive(),
  requests: z.int().positive(),
});
const outputsSchema = z.strictObject({
  outputs: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string(),
      shape: z.array(z.int()),
      firstElements: z.array(z.union([z.number(), z.string(), z.boolean()])),
      file: z.string().nullable(),
    }),
  ),
});

/** x [n,3] -> Add bias -> sum -> Relu -> y, also sum; k -> Cast -> wide (64-bit). */
async function twoOutputs(t: ExecutionContext): Promise<string> {
  const path = join(await temporaryFolder(t), 'two outputs.onnx');
  const network = new NetworkBuilder('two')
    .input('x', 'f32', ['n', 3])
    .input('k', 'i32', [2])
    .overridable('bias', tensorOf('f32', [3], [1, 2, 3]))
    .node('Add', 'x bias', 'the/sum')
    .node('Relu', 'the/sum', 'y')
    .node('Cast', 'k', 'wide', {to: 7n})
    .output('the/sum', 'f32', ['n', 3])
    .output('y', 'f32', ['n', 3])
    .output('wide', 'i64', [2]);
  await writeFile(path, network.bytes());
  return path;
}

async function npyFile(t: ExecutionContext, tensor: TensorData): Promise<string> {
  const path = join(await temporaryFolder(t), 'tensor.npy');
  await writeFile(path, writeNpy(tensor));
  return path;
}

test.serial('every command explains itself, with an example', async t => {
  const names = createProgram(capturedConsole()).commands.map(command => command.name());
  t.true(names.length >= 10);
  for (const args of [['--help'], ...names.map(name => [name, '--help'])]) {
    const error = await t.throwsAsync(runCommand(...args));
    t.like(error, {code: 'commander.helpDisplayed', exitCode: 0}, args.join(' '));
    const {printed} = error as unknown as {printed: string};
    t.regex(printed, /\nExamples?:\n {2}\$ heterodyne /, args.join(' '));
    t.notRegex(printed, /default: ([[{]|undefined)/, args.join(' '));
  }
});

test.serial('devices lists every device, as a table or as one JSON array', async t => {
  const {printed} = await runCommand('devices');
  const [titles, ...rows] = printed.split('\n');
  t.regex(titles ?? '', /^DEVICE +STATE +FULL NAME +PLUGIN +CAPABILITIES$/);
  t.deepEqual(
    rows.map(row => row.split(' ')[0]),
    ['local/CPU', 'local/WASM'],
  );
  const json = JSON.parse((await runCommand('devices', '--json')).printed);
  t.deepEqual(json.map(({name}: {name: string}) => name).sort(), ['local/CPU', 'local/WASM']);
  t.like(json[0], {state: 'alive', restarts: 0});
});

test.serial('devices -v adds the metrics and the config of each', async t => {
  const {printed} = await runCommand('devices', '-v');
  for (const kind of ['CPU', 'WASM']) t.regex(printed, new RegExp(`\n\nlocal/${kind}\n`));
  t.regex(printed, /\nOPTIMAL_NUMBER_OF_INFER_REQUESTS +RO +\d+\n/);
  t.regex(printed, /\nNUM_STREAMS +RW +AUTO\n/);
  const json = JSON.parse((await runCommand('devices', '-v', '--json')).printed);
  t.like(json, [{properties: {config: {NUM_STREAMS: 'AUTO'}}}]);
});

test.serial('query names a device and a reason for every operation', async t => {
  const {printed} = await runCommand('query', digitsPath, '-d', 'HETERO:WASM,CPU', '--json');
  const placements = Object.entries(JSON.parse(printed));
  t.is(placements.length, 19);
  for (const [operation, placement] of placements) {
    t.like(placement, {device: 'WASM'}, operation);
  }
});

test.serial('query tells why no device takes an operation', async t => {
  const path = join(await temporaryFolder(t), 'unheard.onnx');
  const network = new NetworkBuilder()
    .input('x', 'f32', [2])
    .opset('nobody', 1)
    .node('nobody.Unheard', 'x', 'y', {}, 'unheard')
    .output('y', 'f32', [2]);
  await writeFile(path, network.bytes());
  const {printed} = await runCommand('query', path, '-d', 'HETERO:WASM,CPU');
  t.regex(printed, /unheard +nobody.Unheard +- +WASM: .*; CPU: .*Unheard/);
});

test.serial('explain shows the stage graph as text, DOT and a well-formed drawing', async t => {
  const network = await twoOutputs(t);
  const svg = join(await temporaryFolder(t), 'stages.svg');
  const args = ['explain', network, '-d', 'HETERO:WASM,CPU'];
  t.regex((await runCommand(...args)).printed, /3 operations in 1 stage on WASM/);
  const {printed} = await runCommand(...args, '--dot', '--svg', svg);
  t.regex(printed, /^digraph stages \{\n.*\n\}$/s);
  t.is(xmlFault(await readFile(svg, 'utf8')), undefined);
});

test.serial('explain places operations by hand, and prints the plan as JSON', async t => {
  const network = await twoOutputs(t);
  const affinity = ['Add_0=WASM', 'Relu_1=CPU', 'Cast_2=CPU'].flatMap(each => ['-a', each]);
  const args = ['explain', network, '-d', 'HETERO:WASM,CPU', '--json', ...affinity];
  const plan = planResultSchema.parse(JSON.parse((await runCommand(...args)).printed));
  t.is(plan.network, 'two');
  const placed = Object.entries(plan.affinity).map(([operation, {device}]) => [operation, device]);
  t.deepEqual(placed, [
    ['Add_0', 'WASM'],
    ['Relu_1', 'CPU'],
    ['Cast_2', 'CPU'],
  ]);
  const crossing = plan.stageGraph.edges.filter(({from, to}) => from >= 0 && to >= 0);
  t.like(crossing, [{output: 'the/sum'}]);
});

test.serial("infer reads inputs from files and writes outputs, equal to the library's", async t => {
  const network = await twoOutputs(t);
  const x = tensorOf('f32', [2, 3], [-5, 0.5, 3, 1, -9, 0]);
  const k = tensorOf('i32', [2], [-7, 2_000_000_000]);
  const bias = tensorOf('f32', [3], [7, 8, 9]);
  const folder = join(await temporaryFolder(t), 'not', 'there yet');
  const files = Object.entries({x, k, bias}).map(async ([name, tensor]) => {
    return ['-i', `${name}=${await npyFile(t, tensor)}`];
  });
  const inputs = (await Promise.all(files)).flat();
  const args = ['infer', network, '-d', 'CPU', ...inputs, '-o', folder, '--json'];
  const report = outputsSchema.parse(JSON.parse((await runCommand(...args)).printed));

  const core = await Core.embedded();
  t.teardown(() => core.close());
  const executable = await core.loadNetwork(await core.readNetwork(network), 'CPU');
  const expected = await executable.createInferRequest().infer({x, k, bias});
  t.deepEqual(report.outputs.map(({name}) => name).sort(), ['the/sum', 'wide', 'y']);
  for (const {name, type, shape, file} of report.outputs) {
    const {type: ofType, shape: ofShape, data} = expected[name] ?? {};
    t.deepEqual({type, shape}, {type: ofType, shape: ofShape}, name);
    t.deepEqual(readNpy(await readFile(file ?? '')), {type, shape, data} as TensorData, name);
  }
  const wide = report.outputs.find(({name}) => name === 'wide');
  t.deepEqual(wide?.firstElements, ['-7', '2000000000']);
  t.regex(report.outputs.find(({name}) => name === 'the/sum')?.file ?? '', /the_sum\.npy$/);
});

test.serial('infer draws inputs at random, the same from the same seed', async t => {
  const network = await twoOutputs(t);
  const infer = async (...args: readonly string[]) => {
    const {printed} = await runCommand('infer', network, '-d', 'CPU', '--json', ...args);
    const {outputs} = outputsSchema.parse(JSON.parse(printed));
    return new Map(outputs.map(({name, firstElements}) => [name, firstElements]));
  };
  const one = await infer('-i', 'x=random:42', '-i', 'k=random:1');
  const other = await infer('-i', 'x=random:42', '-i', 'k=random:2');
  t.deepEqual(one.get('the/sum'), other.get('the/sum'));
  t.notDeepEqual(one.get('wide'), other.get('wide'));
});

test.serial(
  'explain and query show a quantised network as it is split, bytes crossing',
  async t => {
    const path = join(await temporaryFolder(t), 'quantized.onnx');
    await writeFile(path, quantizedConvnet());
    const args = [path, '-d', 'HETERO:WASM,CPU'];
    const {operations} = readNetwork(quantizedConvnet()).graph;
    const affinity = operations.flatMap(({name}, at) => [
      '-a',
      `${name}=${at < 12 ? 'WASM' : 'CPU'}`,
    ]);
    const {printed} = await runCommand('explain', ...args, ...affinity);
    t.regex(printed, /between stages/);
    t.regex(printed, /out {2}b_q u8\[n,8,8,8\]/);
    t.regex(
      (await runCommand('query', ...args)).printed,
      /DequantizeLinear_8#2 +DequantizeLinear +WASM/,
    );
  },
);

test.serial('quantize writes a smaller network and tells what it costs', async t => {
  const path = join(await temporaryFolder(t), 'small.onnx');
  const {printed} = await runCommand('quantize', digitsPath, '-o', path, '--except', 'fc2');
  t.regex(printed, /\nconv1 +Conv +dynamic +\S+\n/);
  t.regex(printed, /\nfc2 +Gemm +it was to stay as it is\n/);
  t.regex(printed, /\nlogits +\S+ +\S+ +\S+ +0\.99\d+ +\d+\.00 %\n/);
  t.regex(printed, /103 KiB -> \S+ KiB, [23]\.\d\d times smaller$/);
  const json = await runCommand('quantize', digitsPath, '-o', path, '-m', 'weights', '--json');
  const report = JSON.parse(json.printed);
  t.like(report, {skipped: [], outputs: [{output: 'logits', elements: 10}]});
  t.is((await readFile(path)).length, report.bytesAfter);
  const seen = await runCommand(
    'quantize',
    digitsPath,
    '-o',
    path,
    '-m',
    'static',
    '-i',
    'image=random:7',
  );
  t.regex(seen.printed, /\nconv1 +Conv +static +/);
});

test.serial('benchmark measures a given number of inferences', async t => {
  const args = ['benchmark', digitsPath, '-d', 'CPU', '-n', '50', '--nireq', '4', '--json'];
  const report = benchmarkSchema.parse(JSON.parse((await runCommand(...args)).printed));
  t.like(report, {count: 50, requests: 4});
  const {min, median, p99, max, average} = report.latencyMs;
  t.true(min <= median && median <= p99 && p99 <= max && min <= average && average <= max);
  t.true(Math.abs(report.throughput - (50 / report.durationMs) * 1000) < 1e-6);
});

test.serial(
  'benchmark reports what operations and stages took, in files and as a table',
  async t => {
    const folder = join(await temporaryFolder(t), 'reports', 'today');
    const graph = join(await temporaryFolder(t), 'graph.svg');
    const load = ['benchmark', digitsPath, '-d', 'HETERO:WASM,CPU', '-n', '10', '--nireq', '2'];
    const wishes = ['--report', 'detailed', '--report-folder', folder, '--exec-graph', graph];
    const ended = await runCommand(...load, ...wishes, '--pc', '--pc-sort', 'sort');
    t.regex(ended.printed, /^conv1 +EXECUTED +Conv +FusedConv/m);
    t.regex(ended.printed, /^Mean of 5: whole /m);
    const name = join(folder, 'benchmark_detailed_counters_report');
    const csv = await readFile(`${name}.csv`, 'utf8');
    const report = JSON.parse(await readFile(`${name}.json`, 'utf8'));
    t.is(report.count, 10);
    t.is(report.inferences.length, 5);
    for (const [at, {operations, stages}] of report.inferences.entries()) {
      const times = operations.map(({realUs}: {readonly realUs: number}) => realUs);
      const sumUs = times.reduce((sum: number, each: number) => sum + each, 0);
      const rows = csv.split('\r\n').filter(row => row.startsWith(`${at},operation,`));
      const sums = rows.map(row => Number(row.split(',')[8]));
      t.is(
        sums.reduce((sum, each) => sum + each, 0),
        sumUs,
      );
      const executeUs = stages.reduce(
        (sum: number, stage: (typeof stages)[0]) => sum + stage.executeUs,
        0,
      );
      t.true(sumUs > 0 && sumUs <= executeUs + stages.length, `${sumUs} of ${executeUs} µs`);
    }
    t.is(xmlFault(await readFile(graph, 'utf8')), undefined);
  },
);

test.serial('benchmark measures for a given time, with streams and a hint', async t => {
  const streams = ['--nstreams', '2', '--hint', 'latency'];
  const args = ['-t', '0.3', ...streams, '--latency-percentile', '75'];
  const {printed} = await runCommand('benchmark', digitsPath, '-d', 'CPU', ...args);
  const figures = new Map(
    printed.split('\n').map(line => line.split(/: +/) as [string, string | undefined]),
  );
  t.is(figures.get('Requests in flight'), '1');
  t.regex(figures.get('Count') ?? '', /^[1-9]\d* inferences$/);
  t.true(Number.parseFloat(figures.get('Duration') ?? '') >= 300);
  const told = ['Median', 'Average', 'Min', 'Max', '75th percentile', '99th percentile'];
  for (const figure of told) {
    t.regex(figures.get(`   ${figure}`) ?? '', /^\d+\.\d\d ms$/, figure);
  }
  t.regex(figures.get('Throughput') ?? '', /^\d+\.\d\d inferences\/s$/);
});

test.serial(
  'as a process, a command prints its result alone on stdout and exits with 0',
  async t => {
    const ended = await runHeterodyne(t, ['infer', digitsPath, '-d', 'HETERO:WASM,CPU', '--json']);
    t.like(ended, {status: 0, stderr: ''});
    t.is(outputsSchema.parse(JSON.parse(ended.stdout)).outputs[0]?.firstElements.length, 10);
  },
);

test.serial('as a process, a command whose reader has gone ends without a word', async t => {
  const running = new HeterodyneProcess(t, ['query', digitsPath, '-d', 'CPU', '--json']);
  running.stopReading();
  t.like(await running.ended, {status: 0, signal: null, stdout: '', stderr: ''});
});

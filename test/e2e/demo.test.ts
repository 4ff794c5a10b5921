import {existsSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {z} from 'zod';
import {eventually} from '../support/eventually.js';
import {HeterodyneProcess} from '../support/heterodyne-process.js';
import {MarkedProcesses} from '../support/marked-processes.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/* The demonstration as its user sees it: a server, a coordinator and two nodes, all processes. */

const onLinux = existsSync('/proc/self/environ') ? test.serial : test.serial.skip;

const stageSchema = z.strictObject({
  role: z.enum(['preprocess', 'execute', 'postprocess']),
  device: z.string(),
  node: z.string(),
  operations: z.array(z.string()),
  executed: z.int(),
  executeMs: z.number().positive(),
  queueMs: z.number().nonnegative(),
});
const reportSchema = z.strictObject({
  accuracy: z.number(),
  images: z.int(),
  devices: z.array(z.string()),
  stages: z.array(stageSchema),
  matchesReference: z.boolean(),
  throughput: z.number().positive(),
  latencyMs: z.strictObject({p50: z.number().positive(), p99: z.number().positive()}),
});

interface Demo {
  readonly demo: HeterodyneProcess;
  readonly processes: MarkedProcesses;
}

async function startDemo(t: ExecutionContext, ...args: readonly string[]): Promise<Demo> {
  const processes = new MarkedProcesses();
  const env = {...processes.env, XDG_CACHE_HOME: await temporaryFolder(t)};
  const demo = new HeterodyneProcess(t, ['demo', ...args], {env, group: true});
  return {demo, processes};
}

/** It waits for what it has started; a shell that watches over its server may need a moment. */
async function nothingIsLeft(
  t: ExecutionContext,
  {processes}: Demo,
  withinMs = 2000,
): Promise<void> {
  if (!existsSync('/proc/self/environ')) return;
  const left = await eventually(
    () => processes.list(),
    list => list.length === 0,
    withinMs,
  );
  t.deepEqual(left, []);
}

test.serial(
  'as JSON: two devices execute every image, and agree with the whole network',
  async t => {
    const run = await startDemo(t, '--json');
    const {status, stdout, stderr} = await run.demo.ended;
    t.deepEqual({status, stderr}, {status: 0, stderr: ''});
    await nothingIsLeft(t, run);
    const report = reportSchema.parse(JSON.parse(stdout));
    t.true(report.matchesReference);
    t.true(report.accuracy >= 0.97, `${report.accuracy}`);
    t.true(report.images >= 400);
    t.deepEqual(report.devices, ['edge-a/WASM', 'edge-b/CPU']);
    const executing = report.stages.filter(({role}) => role === 'execute');
    t.deepEqual(
      executing.map(({device, node}) => [device, node]),
      [
        ['edge-a/WASM', 'edge-a'],
        ['edge-b/CPU', 'edge-b'],
      ],
    );
    t.is(executing.flatMap(({operations}) => operations).length, 19);
    for (const {executed, device} of report.stages) t.is(executed, report.images, device);
  },
);

test.serial('as text, right after: devices, stage graph, images and figures', async t => {
  const run = await startDemo(t);
  const {status, stdout, stderr} = await run.demo.ended;
  t.deepEqual({status, stderr}, {status: 0, stderr: ''});
  await nothingIsLeft(t, run);
  for (const pattern of [
    /^Devices found through nats:\/\/127\.0\.0\.1:\d+$/m,
    /^ {2}edge-a\/WASM {2}\S/m,
    /^ {2}edge-b\/CPU {2}\S/m,
    /^Stage graph of HETERO:WASM,CPU$/m,
    /^ {2}stage1 WASM +execute +edge-a\/WASM +conv1 .*pool1$/m,
    /^ {2}stage2 CPU +execute +edge-b\/CPU +conv4 .*fc2$/m,
    /^ {2}stage1 WASM +stage2 CPU +pool1_output f32\[N,16,4,4\] +1 KiB$/m,
    /^Accuracy +9[789]\.\d\d % \(\d+ of 450 images\)$/m,
    /^Reference +every output equals the undivided network/m,
    /^Throughput +\d+ images\/s$/m,
    /^Latency +p50 [\d.]+ ms, p99 [\d.]+ ms, 64 requests in flight$/m,
    /^ {2}execute +edge-b\/CPU +450 +[\d.]+ ms +[\d.]+ ms$/m,
  ]) {
    t.regex(stdout, pattern);
  }
});

test.serial('interrupted while it classifies, it ends all that it started', async t => {
  const run = await startDemo(t);
  await run.demo.says(/Stage graph/);
  run.demo.interrupt();
  const {status, signal, stderr} = await run.demo.ended;
  t.deepEqual({status, signal, stderr}, {status: 130, signal: null, stderr: ''});
  await nothingIsLeft(t, run);
});

onLinux('interrupted while it starts, it ends all that it started', async t => {
  const run = await startDemo(t);
  await untilRunning(run, /main\.js coordinator/);
  // To this process alone: what it started does not hear of it by itself.
  run.demo.kill('SIGINT');
  const {status, signal, stderr} = await run.demo.ended;
  t.deepEqual({status, signal, stderr}, {status: 130, signal: null, stderr: ''});
  await nothingIsLeft(t, run);
});

onLinux('killed while it starts, what it started ends by itself', async t => {
  const run = await startDemo(t);
  await untilRunning(run, /main\.js node .* edge-b/);
  run.demo.kill('SIGKILL');
  t.like(await run.demo.ended, {signal: 'SIGKILL'});
  await nothingIsLeft(t, run, 30_000);
});

onLinux('a node that dies ends it, with the reason', async t => {
  const run = await startDemo(t, '--json');
  process.kill(await untilRunning(run, /main\.js node .* edge-a/), 'SIGKILL');
  const {status, stdout, stderr} = await run.demo.ended;
  t.deepEqual({status, stdout}, {status: 1, stdout: ''});
  t.regex(stderr, /^DEVICE_LOST: heterodyne node .*edge-a.* ended \(SIGKILL\)/);
  // What the node had started is nobody's child now, and has seconds to end by itself.
  await nothingIsLeft(t, run, 30_000);
});

async function untilRunning({processes}: Demo, command: RegExp): Promise<number> {
  const found = () => processes.list().find(process => command.test(process.command))?.pid ?? 0;
  return eventually(found, pid => pid > 0);
}

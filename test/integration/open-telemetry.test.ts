import {fileURLToPath} from 'node:url';
import {SpanKind, SpanStatusCode} from '@opentelemetry/api';
import test from 'ava';
import type {Core, ExecutableNetwork} from '../../src/index.js';
import {floats, line, lookUp, slow, slowInputs} from '../support/cluster-networks.js';
import {type ClusterProcesses, startClusterProcesses} from '../support/cluster-processes.js';
import {eventually} from '../support/eventually.js';
import {fileCleanup} from '../support/file-cleanup.js';
import type {Cleanup} from '../support/heterodyne-process.js';
import {endMsOf, memorySpans, startMsOf} from '../support/memory-spans.js';
import {NetworkBuilder} from '../support/network-builder.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {tensorOf} from '../support/tensor-of.js';
import {type WrittenSpan, writtenSpans} from '../support/written-spans.js';

/* One trace over the processes of a client and of two nodes. */

const instrumentation = new URL('../support/spans-to-files.js', import.meta.url).href;
const reckless = fileURLToPath(new URL('../support/reckless-plugin.js', import.meta.url));

type Exporter = 'prompt' | 'late' | 'hangs' | 'throws';

interface Traced {
  readonly cluster: ClusterProcesses;
  /** What the nodes' processes have exported. */
  written(): Promise<readonly WrittenSpan[]>;
}

/** Nodes host-a and host-b, each with the exporter that is named for it, or none. */
async function tracedNodes(
  t: Cleanup,
  exporters: {readonly a: Exporter | undefined; readonly b: Exporter | undefined},
): Promise<Traced> {
  const folder = await temporaryFolder(t);
  const environment = (exporter: Exporter | undefined): Record<string, string> => {
    if (exporter === undefined) return {};
    const options = `--import=${instrumentation}`;
    return {NODE_OPTIONS: options, SPANS_FOLDER: folder, SPANS_EXPORTER: exporter};
  };
  const cluster = await startClusterProcesses(
    t,
    servers => ({
      coordinator: ['coordinator', '--servers', servers],
      a: ['node', '--name', 'host-a', '--devices', 'CPU', '--servers', servers],
      b: ['node', '--name', 'host-b', '--devices', 'CPU', '-p', reckless, '--servers', servers],
    }),
    {a: environment(exporters.a), b: environment(exporters.b)},
  );
  return {cluster, written: () => writtenSpans(folder)};
}

const cleanup = fileCleanup();
let shared: Promise<Traced> | undefined;

/** Both export at once; their spans are those of all tests. */
function promptNodes(): Promise<Traced> {
  shared ??= tracedNodes(cleanup, {a: 'prompt', b: 'prompt'});
  return shared;
}

/** Its first stage on host-a, its second on host-b. */
async function split(core: Core): Promise<ExecutableNetwork> {
  const network = await core.readNetwork(line());
  network.setAffinity('Mul_0', 'host-a/CPU');
  network.setAffinity('shift', 'host-b/CPU');
  return core.loadNetwork(network, 'HETERO:host-a/CPU,host-b/CPU');
}

async function infer(executable: ExecutableNetwork): Promise<void> {
  await executable.createInferRequest().infer({x: floats([1, 2], 2)});
}

test.serial('one request is one trace over its client and the nodes of its stages', async t => {
  const {cluster, written} = await promptNodes();
  const {api, ended} = memorySpans();
  const core = await cluster.connect({openTelemetry: api});
  const executable = await split(core);
  await infer(await split(await cluster.connect()));
  t.deepEqual(await written(), [], 'a client that does not trace makes nobody trace');

  await infer(executable);
  const stages = await eventually(written, spans => spans.length === 2);
  const [request, ...more] = await ended();
  if (request === undefined) throw new Error('no span of the request');
  t.deepEqual(more, [], 'the client makes no spans of stages whose nodes do');
  t.is(request.name, 'infer line');
  const {traceId, spanId} = request.spanContext();
  for (const stage of stages) {
    t.like(stage, {traceId, parentId: spanId, kind: SpanKind.SERVER, status: SpanStatusCode.UNSET});
    t.like(stage.attributes, {
      'heterodyne.made_by': 'node',
      'heterodyne.deployment': request.attributes['heterodyne.deployment'],
      'heterodyne.request': request.attributes['heterodyne.request'],
      'heterodyne.attempt': 1,
    });
    t.true(Number(stage.attributes['heterodyne.execute_us']) > 0);
    const executeMs = Number(stage.attributes['heterodyne.execute_us']) / 1000;
    t.true(stage.endMs - stage.startMs > executeMs - 0.01);
    // The processes of one host, whose clocks are read with a grain of 1 ms.
    t.true(stage.startMs > startMsOf(request) - 10 && stage.endMs < endMsOf(request) + 10);
  }
  const told = (key: string) => stages.map(({attributes}) => attributes[key]);
  t.deepEqual(told('host.name'), ['host-a', 'host-b']);
  t.deepEqual(told('heterodyne.device'), ['host-a/CPU', 'host-b/CPU']);
  t.deepEqual(
    stages.map(({name}) => name),
    executable.stageGraph.stages.map(({name}) => `stage ${name}`),
  );
  t.is(new Set([process.pid, ...stages.map(({pid}) => pid)]).size, 3, 'each in its own process');
});

test.serial(
  'a failed attempt is a span where it failed, beside the one that made up for it',
  async t => {
    const {cluster, written} = await promptNodes();
    const {api, ended} = memorySpans();
    const core = await cluster.connect({openTelemetry: api});
    const network = await core.readNetwork(failing());
    const executable = await core.loadNetwork(network, 'AUTO:host-b/RECKLESS,host-a/CPU');
    const inferAndLook = async () => {
      await executable.createInferRequest().infer({x: floats([1, 2])});
      return (await written()).find(({attributes}) => attributes['error.type'] === 'STAGE_FAILED');
    };
    const failed = await eventually(inferAndLook, found => found !== undefined);
    if (failed === undefined) throw new Error('no span of a failed attempt');
    t.is(failed.status, SpanStatusCode.ERROR);
    t.like(failed.attributes, {
      'heterodyne.device': 'host-b/RECKLESS',
      'host.name': 'host-b',
      'heterodyne.attempt': 1,
      'error.type': 'STAGE_FAILED',
    });
    const inTrace = (spans: readonly WrittenSpan[]) =>
      spans.filter(({traceId}) => traceId === failed.traceId);
    const both = inTrace(await eventually(written, spans => inTrace(spans).length === 2));
    t.like(both[1]?.attributes, {
      'heterodyne.device': 'host-a/CPU',
      'host.name': 'host-a',
      'heterodyne.attempt': 2,
      'error.type': undefined,
    });
    const requests = await ended();
    const request = requests.find(span => span.spanContext().traceId === failed.traceId);
    t.like(request?.attributes, {'heterodyne.attempts': 2, 'error.type': undefined});
    t.deepEqual(
      new Set(both.map(({parentId}) => parentId)),
      new Set([request?.spanContext().spanId]),
    );
  },
);

/** Does nothing, and fails on RECKLESS. */
function failing(): Uint8Array {
  return new NetworkBuilder('failing')
    .input('x', 'f32', [2])
    .node('Neg', 'x', 'fail')
    .output('fail', 'f32', [2])
    .bytes();
}

test.serial(
  'what a stage refuses, and what fails for good, are spans with their errors',
  async t => {
    const {cluster, written} = await promptNodes();
    const {api, ended} = memorySpans();
    const core = await cluster.connect({openTelemetry: api});
    const mine = async () => {
      const traces = (await ended()).map(span => span.spanContext().traceId);
      return (await written()).filter(({traceId}) => traces.includes(traceId));
    };
    const config = {QUEUED_MAX: 1, NUM_STREAMS: 1};
    const narrow = await core.loadNetwork(await core.readNetwork(slow()), 'host-a/CPU', config);
    const run = () => narrow.createInferRequest().infer({...slowInputs(1000)});
    await Promise.all([run(), run(), run(), run()]);
    const having = (type: string | undefined) => (spans: readonly WrittenSpan[]) =>
      spans.filter(({attributes}) => attributes['error.type'] === type);
    const spans = await eventually(mine, all => having(undefined)(all).length === 4);
    const refused = having('QUEUE_FULL')(spans);
    t.true(refused.length > 0);
    for (const {traceId, attributes} of refused) {
      const later = spans.find(
        each => each.traceId === traceId && !('error.type' in each.attributes),
      );
      t.true(
        Number(later?.attributes['heterodyne.attempt']) > Number(attributes['heterodyne.attempt']),
      );
    }

    const table = await core.loadNetwork(await core.readNetwork(lookUp()), 'host-b/CPU');
    const wrong = {x: tensorOf('f32', [2], [5, 6]), at: tensorOf('i64', [1], [9])};
    await t.throwsAsync(table.createInferRequest().infer(wrong), {code: 'STAGE_FAILED'});
    const failed = having('STAGE_FAILED');
    const [failure, ...more] = failed(await eventually(mine, all => failed(all).length > 0));
    t.deepEqual(more, []);
    t.is(failure?.attributes['host.name'], 'host-b');
  },
);

test.serial(
  'of stages on nodes without OpenTelemetry the client makes the spans, and no others',
  async t => {
    const {cluster, written} = await tracedNodes(t, {a: undefined, b: 'prompt'});
    const {api, ended} = memorySpans();
    const core = await cluster.connect({openTelemetry: api});
    await infer(await split(core));
    const [ofNode, ...others] = await eventually(written, spans => spans.length > 0);
    t.deepEqual(others, []);
    const spans = await ended();
    const request = spans.find(({name}) => name === 'infer line');
    const [ofClient, ...more] = spans.filter(({name}) => name !== 'infer line');
    t.deepEqual(more, []);
    t.like(ofClient?.attributes, {'heterodyne.made_by': 'client', 'host.name': 'host-a'});
    t.like(ofNode?.attributes, {'heterodyne.made_by': 'node', 'host.name': 'host-b'});
    t.deepEqual(
      [ofClient?.parentSpanContext?.spanId, ofNode?.parentId],
      [request?.spanContext().spanId, request?.spanContext().spanId],
    );
  },
);

test.serial('what an exporter holds back is sent when the node ends', async t => {
  const {cluster, written} = await tracedNodes(t, {a: 'late', b: 'late'});
  const core = await cluster.connect({openTelemetry: memorySpans().api});
  await infer(await split(core));
  t.deepEqual(await written(), []);
  await core.close();
  await cluster.end('a', 'SIGTERM');
  await cluster.end('b', 'SIGTERM');
  const spans = await written();
  t.deepEqual(
    spans.map(({attributes}) => attributes['host.name']),
    ['host-a', 'host-b'],
  );
});

test.serial(
  'an exporter that throws, and one that never answers, cost no request and no end',
  async t => {
    const {cluster} = await tracedNodes(t, {a: 'throws', b: 'hangs'});
    const core = await cluster.connect({openTelemetry: memorySpans().api});
    const executable = await split(core);
    for (let request = 0; request < 20; request++) await infer(executable);
    await core.close();
    t.is((await cluster.end('a', 'SIGTERM')).status, 0);
    t.is((await cluster.end('b', 'SIGTERM')).status, 0);
  },
);

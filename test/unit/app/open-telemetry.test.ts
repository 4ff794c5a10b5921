import {ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace} from '@opentelemetry/api';
import {AlwaysOffSampler} from '@opentelemetry/sdk-trace-node';
import test, {type ExecutionContext} from 'ava';
import {openTelemetryTracer} from '../../../src/app/open-telemetry.js';
import {Core, type OpenTelemetryApi} from '../../../src/index.js';
import type {StageSpan} from '../../../src/ports/request-tracer.js';
import {floats, line, lineOperations} from '../../support/cluster-networks.js';
import {endMsOf, memorySpans, startMsOf} from '../../support/memory-spans.js';
import {chain} from '../../support/stage-graphs.js';

async function split(t: ExecutionContext, openTelemetry: OpenTelemetryApi) {
  const core = await Core.embedded({devices: ['CPU', 'TEMPLATE'], openTelemetry});
  t.teardown(() => core.close());
  const network = await core.readNetwork(line());
  const [first, second] = lineOperations;
  network.setAffinity(first, 'TEMPLATE');
  network.setAffinity(second, 'CPU');
  return core.loadNetwork(network, 'HETERO:TEMPLATE,CPU');
}

/** Spans are told before this is: they are on their way already. */
async function infer(executable: Awaited<ReturnType<typeof split>>): Promise<void> {
  await executable.createInferRequest().infer({x: floats([1, 2], 2)});
}

test('a request is a span in what is active, and its stages are spans in it', async t => {
  const outer = memorySpans().tracer.startSpan('what the program does');
  const {api, ended} = memorySpans({active: trace.setSpan(ROOT_CONTEXT, outer)});
  const executable = await split(t, api);
  t.deepEqual(await ended(), [], 'nothing was asked for');
  const beganMs = Date.now();
  await infer(executable);
  const [request, first, second, ...more] = await ended();
  if (request === undefined || first === undefined || second === undefined)
    throw new Error('spans');
  t.deepEqual(more, []);
  t.like(request, {name: 'infer line', kind: SpanKind.CLIENT});
  t.like(request.attributes, {'heterodyne.network': 'line', 'heterodyne.attempts': 1});
  t.is(request.parentSpanContext?.spanId, outer.spanContext().spanId);
  for (const [stage, device] of [
    [first, 'local/TEMPLATE'],
    [second, 'local/CPU'],
  ] as const) {
    t.is(stage.kind, SpanKind.SERVER);
    t.is(stage.parentSpanContext?.spanId, request.spanContext().spanId);
    t.is(stage.spanContext().traceId, outer.spanContext().traceId);
    t.like(stage.attributes, {
      'heterodyne.device': device,
      'heterodyne.role': 'execute',
      'host.name': 'local',
      'heterodyne.made_by': 'node',
      'heterodyne.deployment': request.attributes['heterodyne.deployment'],
      'heterodyne.request': request.attributes['heterodyne.request'],
      'heterodyne.attempt': 1,
    });
    t.is(stage.status.code, SpanStatusCode.UNSET);
  }
  t.true(startMsOf(first) >= beganMs - 10 && endMsOf(request) <= Date.now() + 10);
  t.true(startMsOf(request) <= startMsOf(first), 'one clock: what is inside lies inside');
  t.true(endMsOf(first) <= startMsOf(second));
  t.true(endMsOf(second) <= endMsOf(request));
});

test('a request that fails is a span with its error code', async t => {
  const {api, ended} = memorySpans();
  const executable = await split(t, api);
  const request = executable.createInferRequest();
  request.setInput('x', floats([1, 2], 2));
  request.startAsync();
  request.cancel();
  await t.throwsAsync(request.wait(), {code: 'CANCELLED'});
  const [span] = await ended();
  t.like(span, {name: 'infer line', attributes: {'error.type': 'CANCELLED'}});
  t.is(span?.status.code, SpanStatusCode.ERROR);
});

test('a request that is not sampled makes no spans anywhere', async t => {
  const {api, ended} = memorySpans({sampler: new AlwaysOffSampler()});
  const traced = openTelemetryTracer(api).begin(chain(), 1);
  t.is(traced?.trace, undefined, 'nothing travels');
  traced?.done({stages: [stage(false)], attempts: 1});
  t.deepEqual(await ended(), []);
});

function stage(traced: boolean): StageSpan {
  const times = {startUs: 0, queueUs: 1000, executeUs: 2000, runUs: 3000};
  const place = {role: 'execute', device: 'host-a/A', node: 'host-a'};
  return {name: traced ? 'told' : 'untold', traced, ...place, ...times};
}

test('a client makes the spans of stages whose hosts make none, and no other', async t => {
  const {api, ended} = memorySpans();
  const traced = openTelemetryTracer(api).begin(chain(), 1);
  traced?.done({stages: [stage(true), stage(false)], attempts: 1});
  const spans = (await ended()).toSorted((a, b) => a.name.length - b.name.length);
  const [request, untold, ...more] = spans;
  if (request === undefined || untold === undefined) throw new Error('spans');
  t.deepEqual(more, []);
  t.is(untold.name, 'stage untold');
  t.is(untold.attributes['heterodyne.made_by'], 'client');
  t.is(untold.parentSpanContext?.spanId, request.spanContext().spanId);
  t.true(Math.abs(endMsOf(untold) - startMsOf(untold) - 4) < 0.01);
  const {traceId, spanId} = request.spanContext();
  t.deepEqual(traced?.trace, {traceparent: `00-${traceId}-${spanId}-01`});
});

test("a request's tracestate travels with it", t => {
  const {api} = memorySpans();
  const traceState = api.createTraceState('vendor=1,other=2');
  const ids = {traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331'};
  const active = trace.setSpanContext(ROOT_CONTEXT, {...ids, traceFlags: 1, traceState} as never);
  const traced = openTelemetryTracer(memorySpans({active}).api).begin(chain(), 1);
  t.is(traced?.trace?.tracestate, 'vendor=1,other=2');
  t.regex(traced?.trace?.traceparent ?? '', new RegExp(`^00-${ids.traceId}-`));
});

const processors = {
  onStart: () => {},
  onEnd: () => {
    throw new Error('the exporter is broken');
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};

test('a processor that throws costs no request', async t => {
  const {api} = memorySpans({processors: [processors]});
  const executable = await split(t, api);
  await t.notThrowsAsync(infer(executable));
  const request = executable.createInferRequest();
  request.setInput('x', floats([1, 2], 2));
  request.startAsync();
  request.cancel();
  await t.throwsAsync(request.wait(), {code: 'CANCELLED'});
});

test('an api whose spans cannot begin, or end, costs no request', async t => {
  const broken = () => {
    throw new Error('broken');
  };
  const {api, tracer} = memorySpans();
  const startSpan = (): Span => Object.assign(tracer.startSpan('x'), {setAttribute: broken});
  for (const made of [{startSpan: broken}, {startSpan}]) {
    const executable = await split(t, {...api, trace: {...api.trace, getTracer: () => made}});
    await t.notThrowsAsync(infer(executable));
  }
});

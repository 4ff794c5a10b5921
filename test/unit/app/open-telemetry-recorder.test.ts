import {SpanStatusCode} from '@opentelemetry/api';
import type {SpanProcessor} from '@opentelemetry/sdk-trace-node';
import test from 'ava';
import {OpenTelemetryRecorder} from '../../../src/app/open-telemetry-recorder.js';
import {InferenceError} from '../../../src/errors.js';
import {silentLog} from '../../../src/ports/log.js';
import type {EndedSpan} from '../../../src/ports/span-recorder.js';
import {endMsOf, memorySpans, startMsOf} from '../../support/memory-spans.js';
import {recordedLog} from '../../support/recorded-log.js';

const now = performance.now();
const ended: EndedSpan = {
  name: 'stage a',
  parent: {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'vendor=1',
  },
  startedAt: now - 30,
  endedAt: now - 10,
  attributes: {'heterodyne.request': 7},
};

function processor(change: Partial<SpanProcessor>): SpanProcessor {
  const none = async () => {};
  return {onStart: () => {}, onEnd: () => {}, forceFlush: none, shutdown: none, ...change};
}

test('what has ended is a span of its parent’s trace, at the times at which it was', async t => {
  const spans = memorySpans();
  const recorder = new OpenTelemetryRecorder({api: spans.api, node: 'host-a', log: silentLog});
  recorder.record(ended);
  recorder.record({...ended, error: new InferenceError('STAGE_FAILED', 'Conv: out of memory')});
  const [good, bad, ...more] = await spans.ended();
  if (good === undefined || bad === undefined) throw new Error('spans');
  t.deepEqual(more, []);
  t.is(good.spanContext().traceId, '0af7651916cd43dd8448eb211c80319c');
  t.like(good.parentSpanContext, {spanId: 'b7ad6b7169203331', isRemote: true});
  t.is(good.spanContext().traceState?.serialize(), 'vendor=1');
  t.deepEqual(good.attributes, {
    'heterodyne.request': 7,
    'host.name': 'host-a',
    'heterodyne.made_by': 'node',
  });
  t.true(Math.abs(endMsOf(good) - startMsOf(good) - 20) < 0.01);
  t.true(Math.abs(endMsOf(good) - ended.endedAt - performance.timeOrigin) < 1000);
  t.is(bad.attributes['error.type'], 'STAGE_FAILED');
  t.deepEqual(bad.status, {code: SpanStatusCode.ERROR, message: 'Conv: out of memory'});
});

test('what a processor throws is logged once, and thrown to nobody', async t => {
  const onEnd = () => {
    throw new Error('the exporter is broken');
  };
  const forceFlush = () => Promise.reject(new Error('the exporter is broken'));
  const {api} = memorySpans({processors: [processor({onEnd, forceFlush})]});
  const log = recordedLog();
  const recorder = new OpenTelemetryRecorder({api, node: 'host-a', log});
  recorder.record(ended);
  recorder.record(ended);
  await recorder.flush();
  t.deepEqual(log.messages, ['a span was lost']);
});

test('what is held back is sent by a flush, which does not wait for ever', async t => {
  let flushed = 0;
  const prompt = processor({forceFlush: async () => void flushed++});
  const first = memorySpans({processors: [prompt]});
  await new OpenTelemetryRecorder({api: first.api, node: 'a', log: silentLog}).flush();
  t.is(flushed, 1);
  const hangs = processor({forceFlush: () => new Promise(() => {})});
  const second = memorySpans({processors: [hangs]});
  await new OpenTelemetryRecorder({api: second.api, node: 'a', log: silentLog}).flush();
  t.pass();
});

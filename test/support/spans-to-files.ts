import {appendFileSync} from 'node:fs';
import {join} from 'node:path';
import {isMainThread} from 'node:worker_threads';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import type {WrittenSpan} from './written-spans.js';

/*
 * What a user has a node load by `NODE_OPTIONS=--import=…`: OpenTelemetry, with an exporter that
 * appends to a file of the process in the folder SPANS_FOLDER, at once or, as SPANS_EXPORTER says,
 * late, never (hangs) or not (throws).
 */

const {SPANS_FOLDER: folder = '.', SPANS_EXPORTER: kind = 'prompt'} = process.env;

function written(span: ReadableSpan): WrittenSpan {
  const {name, attributes, kind: spanKind, startTime, endTime, status, parentSpanContext} = span;
  const {traceId, spanId} = span.spanContext();
  const ms = ([s, ns]: readonly [number, number]) => s * 1000 + ns / 1e6;
  const times = {startMs: ms(startTime), endMs: ms(endTime)};
  const parentId = parentSpanContext?.spanId;
  const ids = {traceId, spanId, parentId, pid: process.pid};
  return {name, kind: spanKind, status: status.code, attributes: {...attributes}, ...times, ...ids};
}

const exporter: SpanExporter = {
  export(spans, done) {
    if (kind === 'throws') throw new Error('the exporter is broken');
    if (kind === 'hangs') return;
    const lines = spans.map(span => `${JSON.stringify(written(span))}\n`);
    appendFileSync(join(folder, `${process.pid}.jsonl`), lines.join(''));
    done({code: 0});
  },
  shutdown: async () => {},
};

function processor(): SpanProcessor {
  if (kind === 'prompt' || kind === 'throws') return new SimpleSpanProcessor(exporter);
  // Later than any test.
  return new BatchSpanProcessor(exporter, {scheduledDelayMillis: 600_000});
}

// Kernels' worker threads load this too, and trace nothing.
if (isMainThread) new NodeTracerProvider({spanProcessors: [processor()]}).register();

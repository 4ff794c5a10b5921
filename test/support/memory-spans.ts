import * as openTelemetry from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import type {OpenTelemetryApi} from '../../src/index.js';

export interface MemorySpans {
  /** The real package, with an SDK of its own: not what is registered in this process. */
  readonly api: OpenTelemetryApi;
  readonly tracer: openTelemetry.Tracer;
  /** All that have ended, by when they began. */
  ended(): Promise<readonly ReadableSpan[]>;
}

export interface MemorySpansOptions {
  readonly sampler?: Sampler;
  /** Besides the one that keeps what it gets. */
  readonly processors?: readonly SpanProcessor[];
  /** What is active everywhere. */
  readonly active?: openTelemetry.Context;
}

/** OpenTelemetry's SDK, with an exporter that keeps what it gets. */
export function memorySpans(options: MemorySpansOptions = {}): MemorySpans {
  const {sampler, processors = [], active = openTelemetry.ROOT_CONTEXT} = options;
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    ...(sampler && {sampler}),
    spanProcessors: [new SimpleSpanProcessor(exporter), ...processors],
  });
  const {trace} = openTelemetry;
  const api = {
    ...openTelemetry,
    trace: {
      getTracer: (name: string, version?: string) => provider.getTracer(name, version),
      getTracerProvider: () => provider,
      setSpan: trace.setSpan,
      setSpanContext: trace.setSpanContext,
    },
    context: {active: () => active},
  };
  return {
    api,
    tracer: provider.getTracer('test'),
    async ended() {
      await provider.forceFlush();
      return exporter.getFinishedSpans().toSorted((a, b) => startMsOf(a) - startMsOf(b));
    },
  };
}

/** Milliseconds since 1970. */
export function startMsOf({startTime: [s, ns]}: ReadableSpan): number {
  return s * 1000 + ns / 1e6;
}

export function endMsOf({endTime: [s, ns]}: ReadableSpan): number {
  return s * 1000 + ns / 1e6;
}

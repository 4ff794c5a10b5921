import type {OpenTelemetryApi} from '../../src/app/open-telemetry.js';

type Options = Parameters<ReturnType<OpenTelemetryApi['trace']['getTracer']>['startSpan']>[1];

export interface RecordedSpan {
  readonly name: string;
  readonly parent: unknown;
  readonly startMs: number;
  readonly attributes: Record<string, string | number>;
  endMs: number | undefined;
  status: {readonly code: number; readonly message?: string} | undefined;
}

/** OpenTelemetry with an exporter that keeps what it gets; a context is the span that is active. */
export function recordedSpans(active: unknown = 'nothing'): {
  readonly api: OpenTelemetryApi;
  readonly spans: readonly RecordedSpan[];
} {
  const spans: RecordedSpan[] = [];
  const startSpan = (name: string, options: Options = {}, parent?: unknown) => {
    const span: RecordedSpan = {
      name,
      parent,
      startMs: options.startTime ?? Number.NaN,
      attributes: {...options.attributes},
      endMs: undefined,
      status: undefined,
    };
    spans.push(span);
    return {
      span,
      setAttribute: (key: string, value: string | number) => {
        span.attributes[key] = value;
      },
      setStatus: (status: {code: number; message?: string}) => {
        span.status = status;
      },
      end: (endMs?: number) => {
        span.endMs = endMs;
      },
    };
  };
  const api = {
    trace: {
      getTracer: () => ({startSpan}),
      setSpan: (_: unknown, span: unknown) => (span as {readonly span: RecordedSpan}).span,
    },
    context: {active: () => active},
  };
  return {api, spans};
}

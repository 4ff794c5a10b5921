interface TraceState {
  serialize(): string;
}

export interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly isRemote?: boolean;
  readonly traceState?: TraceState;
}

export interface Span {
  spanContext(): SpanContext;
  setAttribute(key: string, value: string | number): unknown;
  setStatus(status: {code: number; message?: string}): unknown;
  end(endTime?: number): void;
}

export interface SpanOptions {
  kind?: number;
  /** Milliseconds since 1970. */
  startTime?: number;
  attributes?: Record<string, string | number>;
}

export interface Tracer {
  startSpan(name: string, options?: SpanOptions, context?: unknown): Span;
}

/** What is used of the package `@opentelemetry/api`; the module itself is one. */
export interface OpenTelemetryApi {
  readonly trace: {
    getTracer(name: string, version?: string): Tracer;
    getTracerProvider(): object;
    setSpan(context: unknown, span: Span): unknown;
    setSpanContext(context: unknown, spanContext: SpanContext): unknown;
  };
  readonly context: {active(): unknown};
  readonly ROOT_CONTEXT: unknown;
  createTraceState(tracestate: string): TraceState;
}

/** SpanKind and SpanStatusCode of OpenTelemetry. */
export const serverKind = 1;
export const clientKind = 2;
export const errorStatus = 2;

/** TraceFlags. */
export const sampledFlag = 1;

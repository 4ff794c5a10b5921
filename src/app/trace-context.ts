import {type TraceContext, traceContextSchema} from '../../schemas/trace-context.js';
import {type OpenTelemetryApi, type Span, sampledFlag} from './open-telemetry-api.js';

/** By what others make children of a span; undefined for one that goes nowhere. */
export function traceContextOf(span: Span): TraceContext | undefined {
  const {traceId, spanId, traceFlags, traceState} = span.spanContext();
  if ((traceFlags & sampledFlag) === 0) return undefined;
  const flags = (traceFlags & 0xff).toString(16).padStart(2, '0');
  const tracestate = traceState?.serialize();
  const given = {
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    ...(tracestate && {tracestate}),
  };
  return traceContextSchema.safeParse(given).data;
}

/** An OpenTelemetry context whose span is one of another process. */
export function contextOf(api: OpenTelemetryApi, {traceparent, tracestate}: TraceContext): unknown {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return api.trace.setSpanContext(api.ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(tracestate !== undefined && {traceState: api.createTraceState(tracestate)}),
  });
}

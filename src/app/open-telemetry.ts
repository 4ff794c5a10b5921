import type {RequestTracer, StageSpan, TracedRequest} from '../ports/request-tracer.js';
import {packageVersion} from './package-version.js';

type Attributes = Record<string, string | number>;

interface Span {
  setAttribute(key: string, value: string | number): unknown;
  setStatus(status: {code: number; message?: string}): unknown;
  end(endTime?: number): void;
}

interface SpanOptions {
  kind?: number;
  startTime?: number;
  attributes?: Attributes;
}

interface Tracer {
  startSpan(name: string, options?: SpanOptions, context?: unknown): Span;
}

/** What is used of the package `@opentelemetry/api`; the module itself is one. */
export interface OpenTelemetryApi {
  readonly trace: {
    getTracer(name: string, version?: string): Tracer;
    setSpan(context: unknown, span: Span): unknown;
  };
  readonly context: {active(): unknown};
}

/** What a client may be told besides where its cluster is. */
export interface ClientOptions {
  /**
   * The module `@opentelemetry/api`: every infer request makes spans, which go wherever the program
   * has its OpenTelemetry send them.
   */
  readonly openTelemetry?: OpenTelemetryApi;
}

export function tracerOf({openTelemetry}: ClientOptions): RequestTracer | undefined {
  return openTelemetry === undefined ? undefined : openTelemetryTracer(openTelemetry);
}

/** SpanKind and SpanStatusCode of OpenTelemetry. */
const serverKind = 1;
const clientKind = 2;
const errorStatus = 2;

/**
 * A span for every infer request, in whatever is active where it was submitted, and in it a span for
 * every stage that it went through, on whatever host. Stages are placed by how long they took, the
 * last ending with the request.
 */
export function openTelemetryTracer(api: OpenTelemetryApi): RequestTracer {
  const tracer = api.trace.getTracer('heterodyne', packageVersion());
  return {
    begin({id, network, device, epoch}, request): TracedRequest {
      const parent = api.context.active();
      const startMs = epochMs();
      const attributes = {
        'heterodyne.deployment': id,
        'heterodyne.network': network,
        'heterodyne.device': device,
        'heterodyne.epoch': epoch,
        'heterodyne.request': request,
      };
      const options = {kind: clientKind, startTime: startMs, attributes};
      const span = tracer.startSpan(`infer ${network}`, options, parent);
      return {
        done({stages, attempts}) {
          const endMs = epochMs();
          const inside = api.trace.setSpan(parent, span);
          const lastMs = Math.max(0, ...stages.map(endOf)) / 1000;
          const originMs = Math.max(startMs, endMs - lastMs);
          for (const stage of stages) addStage(tracer, stage, {originMs, inside});
          span.setAttribute('heterodyne.attempts', attempts);
          span.end(endMs);
        },
        failed({code, message}) {
          span.setAttribute('error.type', code);
          span.setStatus({code: errorStatus, message});
          span.end(epochMs());
        },
      };
    },
  };
}

function addStage(
  tracer: Tracer,
  stage: StageSpan,
  {originMs, inside}: {readonly originMs: number; readonly inside: unknown},
): void {
  const {name, role, device, node, startUs, queueUs, executeUs} = stage;
  const attributes = {
    'heterodyne.stage': name,
    'heterodyne.role': role,
    'heterodyne.device': device,
    'host.name': node,
    'heterodyne.queue_us': queueUs,
    'heterodyne.execute_us': executeUs,
  };
  const startTime = originMs + startUs / 1000;
  const options = {kind: serverKind, startTime, attributes};
  tracer.startSpan(`stage ${name}`, options, inside).end(originMs + endOf(stage) / 1000);
}

function endOf({startUs, queueUs, runUs}: StageSpan): number {
  return startUs + queueUs + runUs;
}

/** As exporters want it, in fractions of a millisecond. */
function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

import type {TraceContext} from '../../schemas/trace-context.js';
import type {InferenceError} from '../errors.js';
import type {StageSpan, TracedRequest} from '../ports/request-tracer.js';
import {
  clientKind,
  errorStatus,
  type OpenTelemetryApi,
  type Span,
  type SpanOptions,
  serverKind,
  type Tracer,
} from './open-telemetry-api.js';
import {traceContextOf} from './trace-context.js';
import {unlessThrown} from './unless-thrown.js';
import {epochMs} from './wall-clock.js';

/** The span of an infer request, in whatever is active where it is made. */
export class RequestSpan implements TracedRequest {
  readonly trace: TraceContext | undefined;
  readonly #api: OpenTelemetryApi;
  readonly #tracer: Tracer;
  readonly #parent: unknown;
  readonly #span: Span;
  readonly #startMs = epochMs();

  constructor(
    api: OpenTelemetryApi,
    tracer: Tracer,
    name: string,
    attributes: NonNullable<SpanOptions['attributes']>,
  ) {
    this.#api = api;
    this.#tracer = tracer;
    this.#parent = api.context.active();
    const options = {kind: clientKind, startTime: this.#startMs, attributes};
    this.#span = tracer.startSpan(name, options, this.#parent);
    this.trace = traceContextOf(this.#span);
  }

  done({stages, attempts}: Parameters<TracedRequest['done']>[0]): void {
    const endMs = epochMs();
    unlessThrown(() => {
      if (this.trace !== undefined) this.#addStages(stages, endMs);
      this.#span.setAttribute('heterodyne.attempts', attempts);
      this.#span.end(endMs);
    });
  }

  failed({code, message}: InferenceError): void {
    unlessThrown(() => {
      this.#span.setAttribute('error.type', code);
      this.#span.setStatus({code: errorStatus, message});
      this.#span.end(epochMs());
    });
  }

  /** Those of hosts that make none, placed by how long they took, the last ending with the request. */
  #addStages(stages: readonly StageSpan[], endMs: number): void {
    const lastMs = Math.max(0, ...stages.map(endOf)) / 1000;
    const originMs = Math.max(this.#startMs, endMs - lastMs);
    const inside = this.#api.trace.setSpan(this.#parent, this.#span);
    for (const stage of stages.filter(({traced}) => !traced)) {
      const startTime = originMs + stage.startUs / 1000;
      const options = {kind: serverKind, startTime, attributes: attributesOf(stage)};
      const span = this.#tracer.startSpan(`stage ${stage.name}`, options, inside);
      span.end(originMs + endOf(stage) / 1000);
    }
  }
}

function attributesOf({name, role, device, node, queueUs, executeUs}: StageSpan) {
  return {
    'heterodyne.stage': name,
    'heterodyne.role': role,
    'heterodyne.device': device,
    'host.name': node,
    'heterodyne.queue_us': queueUs,
    'heterodyne.execute_us': executeUs,
    'heterodyne.made_by': 'client',
  };
}

function endOf({startUs, queueUs, runUs}: StageSpan): number {
  return startUs + queueUs + runUs;
}

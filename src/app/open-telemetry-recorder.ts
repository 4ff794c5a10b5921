import {settlesWithin} from '../plugin/settles-within.js';
import type {Log} from '../ports/log.js';
import type {EndedSpan, SpanRecorder} from '../ports/span-recorder.js';
import {errorStatus, type OpenTelemetryApi, serverKind, type Tracer} from './open-telemetry-api.js';
import {packageVersion} from './package-version.js';
import {contextOf} from './trace-context.js';
import {epochMs} from './wall-clock.js';

export interface OpenTelemetryRecorderOptions {
  readonly api: OpenTelemetryApi;
  /** The node's name. */
  readonly node: string;
  readonly log: Log;
}

/** What an exporter holds back gets this long to be sent when a process ends. */
const flushMsMax = 2000;

/** The spans of a node's process, by what OpenTelemetry the process has. */
export class OpenTelemetryRecorder implements SpanRecorder {
  readonly #options: OpenTelemetryRecorderOptions;
  readonly #tracer: Tracer;
  #failed = false;

  constructor(options: OpenTelemetryRecorderOptions) {
    this.#options = options;
    this.#tracer = options.api.trace.getTracer('heterodyne', packageVersion());
  }

  /** What samplers, processors and exporters throw is logged, the first time. */
  record(span: EndedSpan): void {
    try {
      this.#record(span);
    } catch (error) {
      this.#complain(error);
    }
  }

  /** Has the exporters send what they hold back, those that can; bounded, and never rejects. */
  async flush(): Promise<void> {
    try {
      const flushing = Promise.resolve(flushable(this.#options.api)?.forceFlush?.());
      await settlesWithin(flushing, flushMsMax);
    } catch (error) {
      this.#complain(error);
    }
  }

  #record({name, parent, startedAt, endedAt, attributes, error}: EndedSpan): void {
    const {api, node} = this.#options;
    const options = {
      kind: serverKind,
      startTime: epochMs(startedAt),
      attributes: {...attributes, 'host.name': node, 'heterodyne.made_by': 'node'},
    };
    const span = this.#tracer.startSpan(name, options, contextOf(api, parent));
    if (error !== undefined) {
      span.setAttribute('error.type', error.code);
      span.setStatus({code: errorStatus, message: error.message});
    }
    span.end(epochMs(endedAt));
  }

  #complain(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    const why = error instanceof Error ? error.message : String(error);
    this.#options.log.write('warn', 'a span was lost', {why});
  }
}

interface Flushable {
  forceFlush?(): Promise<void>;
}

/** The provider that an SDK has registered, behind the proxy that the package puts before it. */
function flushable(api: OpenTelemetryApi): Flushable | undefined {
  const provider: Flushable & {getDelegate?(): Flushable} = api.trace.getTracerProvider();
  return provider.getDelegate?.() ?? provider;
}

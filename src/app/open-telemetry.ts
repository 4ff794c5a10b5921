import type {RequestTracer} from '../ports/request-tracer.js';
import type {OpenTelemetryApi} from './open-telemetry-api.js';
import {packageVersion} from './package-version.js';
import {RequestSpan} from './request-span.js';
import {unlessThrown} from './unless-thrown.js';

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

/**
 * A span for every infer request, in whatever is active where it was submitted, and in it a span for
 * every stage that it went through whose host makes none itself. Whatever OpenTelemetry throws,
 * requests go on.
 */
export function openTelemetryTracer(api: OpenTelemetryApi): RequestTracer {
  const tracer = api.trace.getTracer('heterodyne', packageVersion());
  return {
    begin({id, network, device, epoch}, request) {
      const attributes = {
        'heterodyne.deployment': id,
        'heterodyne.network': network,
        'heterodyne.device': device,
        'heterodyne.epoch': epoch,
        'heterodyne.request': request,
      };
      return unlessThrown(() => new RequestSpan(api, tracer, `infer ${network}`, attributes));
    },
  };
}

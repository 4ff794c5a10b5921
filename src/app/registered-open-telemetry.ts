import {createRequire} from 'node:module';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {Log} from '../ports/log.js';
import type {OpenTelemetryApi} from './open-telemetry-api.js';

const packageName = '@opentelemetry/api';

/** Some span of another process, which is not sampled: nothing is made of what is tried with it. */
const probe = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 0,
  isRemote: true,
};

/**
 * The package `@opentelemetry/api` of the user, if an SDK was registered with it before this process
 * began its own work (`node --import`): that of the working folder, else the one beside Heterodyne.
 * Where no SDK was registered nothing is looked for.
 */
export async function registeredOpenTelemetry(log: Log): Promise<OpenTelemetryApi | undefined> {
  if (!anySdk()) return undefined;
  const places = [pathToFileURL(join(process.cwd(), 'package.json')).href, import.meta.url];
  for (const place of places) {
    const api = await load(place);
    if (api !== undefined && reachesSdk(api)) return api;
  }
  const text = `an OpenTelemetry SDK is there, but no ${packageName} that fits: no spans are made`;
  log.write('warn', text, {places});
  return undefined;
}

/** Every copy of the package, of whatever version, keeps what was registered in a global symbol. */
function anySdk(): boolean {
  const globals: Record<symbol, {readonly trace?: unknown}> = Object(globalThis);
  return Object.getOwnPropertySymbols(globals)
    .filter(({description}) => description?.startsWith('opentelemetry.js.api.'))
    .some(symbol => globals[symbol]?.trace !== undefined);
}

async function load(place: string): Promise<OpenTelemetryApi | undefined> {
  try {
    const {href} = pathToFileURL(createRequire(place).resolve(packageName));
    return await import(href);
  } catch {
    return undefined;
  }
}

/** Without an SDK, or with one of a version that does not fit, a span is what its parent is. */
function reachesSdk({trace, ROOT_CONTEXT}: OpenTelemetryApi): boolean {
  try {
    const parent = trace.setSpanContext(ROOT_CONTEXT, probe);
    const span = trace.getTracer('heterodyne').startSpan('probe', {}, parent);
    return span.spanContext().spanId !== probe.spanId;
  } catch {
    return false;
  }
}

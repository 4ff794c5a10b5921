import {trace} from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import test from 'ava';
import {registeredOpenTelemetry} from '../../../src/app/registered-open-telemetry.js';
import {recordedLog} from '../../support/recorded-log.js';

/* What is registered is the process's: one after the other. */

test.serial('without an SDK there is no OpenTelemetry, although the package is there', async t => {
  const log = recordedLog();
  t.is(await registeredOpenTelemetry(log), undefined);
  t.deepEqual(log.messages, []);
});

test.serial('an SDK that was registered is found, and is not troubled by that', async t => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({spanProcessors: [new SimpleSpanProcessor(exporter)]});
  trace.setGlobalTracerProvider(provider);
  t.teardown(() => trace.disable());
  const log = recordedLog();
  const api = await registeredOpenTelemetry(log);
  t.deepEqual(log.messages, []);
  t.deepEqual(exporter.getFinishedSpans(), []);
  api?.trace.getTracer('test').startSpan('mine').end();
  await provider.forceFlush();
  t.deepEqual(
    exporter.getFinishedSpans().map(({name}) => name),
    ['mine'],
  );
});

test.serial('an SDK of a version that no package fits is warned of', async t => {
  const globals: Record<symbol, unknown> = Object(globalThis);
  const symbol = Symbol.for('opentelemetry.js.api.99');
  globals[symbol] = {version: '99.0.0', trace: {}};
  t.teardown(() => delete globals[symbol]);
  const log = recordedLog();
  t.is(await registeredOpenTelemetry(log), undefined);
  t.is(log.messages.length, 1);
  t.regex(log.messages[0] ?? '', /no @opentelemetry\/api that fits/);
});

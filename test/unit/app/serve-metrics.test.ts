import test, {type ExecutionContext} from 'ava';
import {type MetricsServer, serveMetrics} from '../../../src/app/serve-metrics.js';
import type {Metric} from '../../../src/ports/metrics.js';

const one: Metric = {type: 'gauge', name: 'one', help: 'one', samples: [{labels: {}, value: 1}]};

async function serve(
  t: ExecutionContext,
  collect: () => Promise<readonly Metric[]>,
): Promise<MetricsServer> {
  const server = await serveMetrics({host: '127.0.0.1', port: 0}, collect);
  t.teardown(() => server.close());
  return server;
}

test('GET /metrics is answered in the text format', async t => {
  const {url} = await serve(t, async () => [one]);
  const response = await fetch(url);
  t.is(response.status, 200);
  t.regex(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  t.is(await response.text(), '# HELP one one\n# TYPE one gauge\none 1\n');
});

test('other paths and methods are refused', async t => {
  const {url} = await serve(t, async () => [one]);
  t.is((await fetch(new URL('/', url))).status, 404);
  t.is((await fetch(url, {method: 'POST', body: 'x'})).status, 405);
});

test('a collection that fails is an answer, and the next one may succeed', async t => {
  let fails = true;
  const {url} = await serve(t, async () => {
    if (fails) throw new Error('secret');
    return [one];
  });
  const failed = await fetch(url);
  t.is(failed.status, 500);
  t.notRegex(await failed.text(), /secret/);
  fails = false;
  t.is((await fetch(url)).status, 200);
});

test('an address that is taken is an error that names it', async t => {
  const {url} = await serve(t, async () => []);
  const port = Number(new URL(url).port);
  const taken = serveMetrics({host: '127.0.0.1', port}, async () => []);
  await t.throwsAsync(taken, {code: 'INVALID_ARGUMENT', message: new RegExp(`127.0.0.1:${port}`)});
});

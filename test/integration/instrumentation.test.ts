import {readFileSync} from 'node:fs';
import {symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {Core} from '../../src/index.js';
import {floats, line} from '../support/cluster-networks.js';
import {HeterodyneProcess} from '../support/heterodyne-process.js';
import {memorySpans} from '../support/memory-spans.js';
import {startOtlpReceiver} from '../support/otlp-receiver.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/OBSERVING.md', root), 'utf8');

test("the module in docs/OBSERVING.md sends a node's spans to a collector", async t => {
  const [, module = ''] = /<!-- instrumentation.mjs -->\n\n```js\n([\s\S]*?)```/.exec(page) ?? [];
  const [, options = ''] = /export NODE_OPTIONS='(.*)'/.exec(page) ?? [];
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'instrumentation.mjs'), module);
  await symlink(fileURLToPath(new URL('node_modules', root)), join(folder, 'node_modules'));
  const receiver = await startOtlpReceiver(t);
  const up = new HeterodyneProcess(t, ['up', '--port', '0', '--name', 'edge-a', '-d', 'CPU'], {
    cwd: folder,
    env: {
      XDG_CACHE_HOME: folder,
      NODE_OPTIONS: options,
      OTEL_SERVICE_NAME: 'heterodyne',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    },
  });
  const ready = /^cluster default is up at (\S+) with /m;
  await up.says(ready);
  const servers = ready.exec(up.stderr)?.[1] ?? '';
  const {api, ended} = memorySpans();
  const core = await Core.connect({servers, openTelemetry: api});
  t.teardown(() => core.close());
  const executable = await core.loadNetwork(await core.readNetwork(line()), 'CPU');
  const arrives = receiver.next();
  await executable.createInferRequest().infer({x: floats([1, 2], 2)});
  const [span, ...more] = await arrives;
  t.deepEqual(more, []);
  const [request, ...others] = await ended();
  t.deepEqual(others, []);
  t.like(span, {
    service: 'heterodyne',
    name: `stage ${executable.stageGraph.stages[0]?.name}`,
    traceId: request?.spanContext().traceId,
    parentSpanId: request?.spanContext().spanId,
  });
  await core.close();
  up.kill('SIGTERM');
  t.is((await up.ended).status, 0);
});

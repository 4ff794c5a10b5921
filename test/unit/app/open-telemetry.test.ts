import test, {type ExecutionContext} from 'ava';
import {Core} from '../../../src/index.js';
import {floats, line, lineOperations} from '../../support/cluster-networks.js';
import {type RecordedSpan, recordedSpans} from '../../support/recorded-spans.js';

async function split(t: ExecutionContext, openTelemetry: ReturnType<typeof recordedSpans>['api']) {
  const core = await Core.embedded({devices: ['CPU', 'TEMPLATE'], openTelemetry});
  t.teardown(() => core.close());
  const network = await core.readNetwork(line());
  const [first, second] = lineOperations;
  network.setAffinity(first, 'TEMPLATE');
  network.setAffinity(second, 'CPU');
  return core.loadNetwork(network, 'HETERO:TEMPLATE,CPU');
}

function ended({startMs, endMs}: RecordedSpan): boolean {
  return endMs !== undefined && endMs >= startMs;
}

test('a request is a span in what is active, and its stages are spans in it', async t => {
  const {api, spans} = recordedSpans('what the program does');
  const executable = await split(t, api);
  t.deepEqual(spans, [], 'nothing was asked for');
  await executable.createInferRequest().infer({x: floats([1, 2], 2)});
  const [request, first, second, ...more] = spans;
  if (request === undefined || first === undefined || second === undefined)
    throw new Error('spans');
  t.deepEqual(more, []);
  t.like(request, {
    name: 'infer line',
    parent: 'what the program does',
    attributes: {'heterodyne.network': 'line', 'heterodyne.attempts': 1},
    status: undefined,
  });
  t.deepEqual([first.parent, second.parent], [request, request]);
  t.like(first.attributes, {'heterodyne.device': 'local/TEMPLATE', 'host.name': 'local'});
  t.like(second.attributes, {'heterodyne.device': 'local/CPU', 'heterodyne.role': 'execute'});
  t.true(spans.every(ended));
  t.true((first.endMs ?? 0) <= second.startMs + 0.001, 'one stage comes after the other');
  t.true(Math.abs((second.endMs ?? 0) - (request.endMs ?? 0)) < 0.001);
});

test('a request that fails is a span with its error code', async t => {
  const {api, spans} = recordedSpans();
  const executable = await split(t, api);
  const request = executable.createInferRequest();
  request.setInput('x', floats([1, 2], 2));
  request.startAsync();
  request.cancel();
  await t.throwsAsync(request.wait(), {code: 'CANCELLED'});
  t.is(spans.length, 1);
  t.like(spans[0], {attributes: {'error.type': 'CANCELLED'}, status: {code: 2}});
  t.true(spans.every(ended));
});

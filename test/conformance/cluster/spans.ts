import type {ReadableSpan} from '@opentelemetry/sdk-trace-node';
import type {ExecutionContext} from 'ava';
import {type Core, PrePostProcessor} from '../../../src/index.js';
import {floats, line} from '../../support/cluster-networks.js';
import {type MemorySpans, memorySpans} from '../../support/memory-spans.js';
import {type Check, load, rejects} from './check.js';

/**
 * Spans of a client that traces, whoever makes those of stages: hosts that trace themselves, or the
 * client for hosts that do not.
 */
export function spans(check: Check): void {
  traced(
    check,
    'every stage of a request has one span, as a child of its request',
    async (t, core, ended) => {
      const affinity = {Mul_0: 'WASM', shift: 'CPU'};
      const executable = await load(t, core, line(), 'HETERO:WASM,CPU', {affinity});
      await executable.createInferRequest().infer({x: floats([1, 2], 2)});
      await executable.createInferRequest().infer({x: floats([3, 4], 2)});
      const {stages} = executable.stageGraph;
      const requests = requestsOf(await ended());
      t.is(requests.length, 2);
      for (const {request, inside} of requests) {
        t.is(request.name, 'infer line');
        t.deepEqual(
          inside.map(({name}) => name),
          stages.map(({name}) => `stage ${name}`),
        );
        t.deepEqual(
          inside.map(({attributes}) => attributes['heterodyne.device']),
          stages.map(({replicas}) => replicas[0]?.device),
        );
        t.deepEqual(
          inside.map(({attributes}) => attributes['host.name']),
          stages.map(({replicas}) => replicas[0]?.node),
        );
        for (const {attributes} of inside) {
          t.true(Number(attributes['heterodyne.execute_us']) > 0);
          t.true(Number(attributes['heterodyne.queue_us']) >= 0);
        }
      }
    },
  );

  traced(check, 'pre- and postprocessing stages have spans, too', async (t, core, ended) => {
    const executable = await processed(t, core);
    await executable.createInferRequest().infer({x: floats([1, 2], 2)});
    const [{inside} = {inside: []}] = requestsOf(await ended());
    t.deepEqual(
      inside.map(({attributes}) => attributes['heterodyne.role']),
      ['preprocess', 'execute', 'postprocess'],
    );
  });

  traced(check, 'requests that run as one batch have a span each', async (t, core, ended) => {
    const config = {AUTO_BATCH_TIMEOUT: 50};
    const executable = await load(t, core, line([1, 2]), 'BATCH:CPU(4)', {config});
    const run = () => executable.createInferRequest().infer({x: floats([1, 2], 2)});
    await Promise.all(Array.from({length: 6}, run));
    const requests = requestsOf(await ended());
    t.deepEqual(
      requests.map(({inside}) => inside.length),
      [1, 1, 1, 1, 1, 1],
    );
  });

  traced(
    check,
    'a request that fails is a span with its error, and has no second one',
    async (t, core, ended) => {
      const executable = await load(t, core, line(), 'CPU');
      const request = executable.createInferRequest();
      request.setInput('x', floats([1, 2], 2));
      request.startAsync();
      request.cancel();
      await rejects(t, request.wait(), 'CANCELLED');
      const [{request: span} = {request: undefined}, ...more] = requestsOf(await ended());
      t.deepEqual(more, []);
      t.is(span?.attributes['error.type'], 'CANCELLED');
    },
  );
}

/** On a cluster whose client traces. */
function traced(
  check: Check,
  title: string,
  run: (t: ExecutionContext, core: Core, ended: MemorySpans['ended']) => Promise<void>,
): void {
  const {api, ended} = memorySpans();
  check(title, (t, core) => run(t, core, ended), {own: true, openTelemetry: api});
}

async function processed(t: ExecutionContext, core: Core) {
  const steps = new PrePostProcessor();
  steps.input('x').tensor({type: 'f32'}).scale(2);
  steps.output('y').softmax(1);
  const options = {preprocessing: steps.build()};
  const executable = await core.loadNetwork(await core.readNetwork(line()), 'CPU', {}, options);
  t.teardown(() => executable.release());
  return executable;
}

interface TracedRequest {
  readonly request: ReadableSpan;
  /** Its stages, in order. */
  readonly inside: readonly ReadableSpan[];
}

/** Throws for a span that belongs to no request. */
function requestsOf(all: readonly ReadableSpan[]): readonly TracedRequest[] {
  const requests = all.filter(({name}) => name.startsWith('infer '));
  const found = requests.map(request => {
    const {traceId, spanId} = request.spanContext();
    const inside = all.filter(
      ({parentSpanContext: parent}) => parent?.spanId === spanId && parent.traceId === traceId,
    );
    return {request, inside};
  });
  const told = found.reduce((count, {inside}) => count + 1 + inside.length, 0);
  if (told !== all.length) throw new Error(`${all.length - told} spans belong to no request`);
  return found;
}

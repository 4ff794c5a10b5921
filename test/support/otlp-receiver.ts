import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {json} from 'node:stream/consumers';
import type {Cleanup} from './heterodyne-process.js';

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A span as it comes in OTLP's JSON. */
export interface ReceivedSpan {
  readonly service: unknown;
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId: string;
}

interface Request {
  readonly resourceSpans: readonly {
    readonly resource: {readonly attributes: readonly Attribute[]};
    readonly scopeSpans: readonly {readonly spans: readonly Omit<ReceivedSpan, 'service'>[]}[];
  }[];
}

export interface OtlpReceiver {
  readonly url: string;
  /** The next spans that come. */
  next(): Promise<readonly ReceivedSpan[]>;
}

/** What receives spans over HTTP, as a collector of OpenTelemetry does. */
export async function startOtlpReceiver(t: Cleanup): Promise<OtlpReceiver> {
  const server = createServer((request, response) => {
    void json(request).then(body => {
      response.setHeader('content-type', 'application/json').end('{}');
      server.emit('spans', spansOf(body as Request));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const {port} = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async next() {
      const [spans] = await once(server, 'spans');
      return spans as readonly ReceivedSpan[];
    },
  };
}

function spansOf({resourceSpans}: Request): readonly ReceivedSpan[] {
  return resourceSpans.flatMap(({resource, scopeSpans}) => {
    const found = resource.attributes.find(({key}) => key === 'service.name');
    const service = found?.value['stringValue'];
    return scopeSpans.flatMap(({spans}) => spans.map(span => ({...span, service})));
  });
}

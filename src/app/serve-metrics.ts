import {once} from 'node:events';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {InferenceError} from '../errors.js';
import type {Metric} from '../ports/metrics.js';
import {prometheusContentType, prometheusText} from './prometheus-text.js';

export interface MetricsAddress {
  /** Every address of this host, if left out. */
  readonly host?: string;
  /** 0: a free one. */
  readonly port: number;
}

export interface MetricsServer {
  /** `http://host:port/metrics`. */
  readonly url: string;
  close(): Promise<void>;
}

const connectionsMax = 32;
const requestMsMax = 5_000;
const path = '/metrics';

/**
 * Answers GET /metrics with what `collect` gives, in Prometheus's text format. Who asks while it is
 * being collected gets the same. Rejects with INVALID_ARGUMENT if it cannot listen there.
 */
export async function serveMetrics(
  {host, port}: MetricsAddress,
  collect: () => Promise<readonly Metric[]>,
): Promise<MetricsServer> {
  let collecting: Promise<string> | undefined;
  const text = () => {
    collecting ??= collect()
      .then(prometheusText)
      .finally(() => {
        collecting = undefined;
      });
    return collecting;
  };
  const server = createServer({requestTimeout: requestMsMax}, (request, response) => {
    void answer(request, response, text);
  });
  server.maxConnections = connectionsMax;
  server.headersTimeout = requestMsMax;
  await listen(server, host, port);
  const address = server.address() as AddressInfo;
  return {
    url: `http://${shownHost(host)}:${address.port}${path}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, host: string | undefined, port: number): Promise<void> {
  try {
    server.listen({port, ...(host === undefined ? {} : {host})});
    await once(server, 'listening');
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    const place = `${host === undefined ? '' : `${host}:`}${port}`;
    const text = `expected an address for metrics that is free, given ${place}: ${code}`;
    throw new InferenceError('INVALID_ARGUMENT', text);
  }
}

async function answer(
  {method, url}: IncomingMessage,
  response: ServerResponse,
  text: () => Promise<string>,
): Promise<void> {
  if (url?.split('?')[0] !== path) {
    response.writeHead(404).end(`there is only ${path}\n`);
    return;
  }
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, {allow: 'GET, HEAD'}).end();
    return;
  }
  try {
    const body = await text();
    response.writeHead(200, {'content-type': prometheusContentType}).end(body);
  } catch {
    response.writeHead(500).end('the metrics could not be collected\n');
  }
}

function shownHost(host = 'localhost'): string {
  return host.includes(':') ? `[${host}]` : host;
}

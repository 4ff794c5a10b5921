import {readFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {
  type Authenticator,
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  type NatsConnection,
  NatsError,
  nkeyAuthenticator,
} from 'nats';
import {InferenceError} from '../errors.js';
import {
  checkNatsOptions,
  type NatsOptions,
  type NatsServerAddress,
  shownServer,
} from './nats-options.js';
import {probeNatsServer} from './probe-nats-server.js';

const defaultConnectTimeoutMs = 5_000;
const reconnectWaitMs = 250;
const reconnectJitterMs = 100;
/** A server that answers no ping is noticed after twice this. */
const pingIntervalMs = 10_000;

/**
 * A connection that reconnects by itself. Rejects with InferenceError NO_SERVER if no server answers
 * in time, and with INVALID_CONFIG_VALUE for options that cannot be or that the server refuses.
 */
export async function openNatsConnection(
  options: NatsOptions,
  extra: Pick<ConnectionOptions, 'noEcho'> = {},
): Promise<NatsConnection> {
  const servers = checkNatsOptions(options);
  const timeoutMs = options.connectTimeoutMs ?? defaultConnectTimeoutMs;
  const first = await firstToGreet(servers, options, timeoutMs);
  const others = servers.filter(server => server !== first);
  try {
    return await connect({
      ...(await authentication(options, first)),
      ...extra,
      servers: [first, ...others].map(server => shownServer(server)),
      noRandomize: true,
      name: options.name ?? 'heterodyne',
      timeout: timeoutMs,
      inboxPrefix: inboxPrefix(options),
      maxReconnectAttempts: -1,
      // Else the second refusal in a row closes the connection for good, whatever becomes of the server.
      ignoreAuthErrorAbort: true,
      reconnectTimeWait: reconnectWaitMs,
      reconnectJitter: reconnectJitterMs,
      reconnectJitterTLS: reconnectJitterMs,
      pingInterval: pingIntervalMs,
      // Capturing a stack for every request costs more than the request.
      noAsyncTraces: true,
    });
  } catch (error) {
    throw connectionError(error, first);
  }
}

function inboxPrefix({cluster, identity}: NatsOptions): string {
  const shared = `hd.${cluster}._inbox`;
  return identity === undefined ? shared : `${shared}.${identity}`;
}

/** The server that answers first, so that one that is down delays nothing. */
async function firstToGreet(
  servers: readonly NatsServerAddress[],
  options: NatsOptions,
  timeoutMs: number,
): Promise<NatsServerAddress> {
  const [only] = servers;
  // Such a server greets only after the handshake.
  if (options.tls?.handshakeFirst === true && only !== undefined) return only;
  const probes = servers.map(async server => {
    await probeNatsServer(server.host, server.port, timeoutMs);
    return server;
  });
  const outcomes = await Promise.any(probes).catch(async () => Promise.allSettled(probes));
  if (!Array.isArray(outcomes)) return outcomes;
  const tried = outcomes.map((outcome, index) => {
    const server = servers[index];
    const reason = outcome.status === 'rejected' ? reasonOf(outcome.reason) : 'answered late';
    return `${server === undefined ? '' : shownServer(server)} (${reason})`;
  });
  throw noServer(tried.join(', '));
}

const ways = '`heterodyne up`, which brings up a whole cluster, or with `nats-server -js`';

function noServer(tried: string): InferenceError {
  const message = `Expected a NATS server at ${tried}. Start one with ${ways}.`;
  return new InferenceError('NO_SERVER', message);
}

async function authentication(
  options: NatsOptions,
  server: NatsServerAddress,
): Promise<ConnectionOptions> {
  const {credsFile, nkeySeed} = options;
  const user = options.user ?? server.user;
  const pass = options.pass ?? server.pass;
  const token = options.token ?? server.token;
  const tls = options.tls ?? (server.tls ? {} : undefined);
  return {
    ...(user === undefined ? {} : {user}),
    ...(pass === undefined ? {} : {pass}),
    ...(token === undefined ? {} : {token}),
    ...(tls === undefined ? {} : {tls}),
    ...(nkeySeed === undefined
      ? {}
      : {authenticator: nkeyAuthenticator(new TextEncoder().encode(nkeySeed))}),
    ...(credsFile === undefined ? {} : {authenticator: await credentials(credsFile)}),
  };
}

/**
 * What the file holds whenever the connection is made: what is in it is renewed while a process runs. A
 * file that is gone, or just being written, leaves what was there before.
 */
async function credentials(path: string): Promise<Authenticator> {
  let known = credsAuthenticator(await readCredentials(path));
  return nonce => {
    try {
      const read = credsAuthenticator(readFileSync(path));
      const proof = read(nonce);
      known = read;
      return proof;
    } catch {
      return known(nonce);
    }
  };
}

async function readCredentials(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const message = `Expected a readable credentials file at ${path}: ${reasonOf(error)}.`;
    throw new InferenceError('FILE_UNREADABLE', message);
  }
}

/** Without the cause: the client's errors may hold what it was given. */
function connectionError(error: unknown, server: NatsServerAddress): InferenceError {
  if (error instanceof InferenceError) return error;
  if (error instanceof NatsError && (error.isAuthError() || error.isAuthTimeout())) {
    const message = `Expected the NATS server at ${shownServer(server)} to accept the credentials.`;
    return new InferenceError('INVALID_CONFIG_VALUE', `${message} It answered ${error.code}.`);
  }
  return noServer(`${shownServer(server)} (${reasonOf(error)})`);
}

function reasonOf(error: unknown): string {
  if (error instanceof NatsError) return error.code;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code ?? (error instanceof Error ? error.message : 'failed');
}

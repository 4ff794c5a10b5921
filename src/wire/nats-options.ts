import {InferenceError} from '../errors.js';

/** How to reach the NATS servers of a cluster. Secrets in it are never in an error or a log. */
export interface NatsOptions {
  /** The name of the cluster: letters, digits, `-` and `_`. Clusters may share a server. */
  readonly cluster: string;
  /** `nats://host:4222`, `tls://host`, `nats://user:password@host`, `nats://token@host`. */
  readonly servers: readonly string[];
  /**
   * Whose connection this is: part of every subject at which it alone receives, so that the server's
   * permissions can keep others from listening there. Letters, digits and `-`.
   */
  readonly identity?: string;
  /** What the server calls this connection in its reports. */
  readonly name?: string;
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  /** A file with a user's JWT and seed, as `nsc` writes it. */
  readonly credsFile?: string;
  /** An nkey's seed. */
  readonly nkeySeed?: string;
  readonly tls?: NatsTlsOptions;
  /** How long to try at first; once connected, a lost connection is tried again without end. */
  readonly connectTimeoutMs?: number;
}

export interface NatsTlsOptions {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** TLS before the server's greeting (nats-server 2.10 with `handshake_first`). */
  readonly handshakeFirst?: boolean;
}

/** A server of a list, with what its URL says taken apart. */
export interface NatsServerAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
}

const defaultPort = 4222;

/** Throws InferenceError INVALID_CONFIG_VALUE for a cluster or a server that cannot be. */
export function checkNatsOptions(options: NatsOptions): readonly NatsServerAddress[] {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(options.cluster)) {
    const given = JSON.stringify(options.cluster.slice(0, 80));
    throw invalid(`Expected a cluster of 1 to 64 letters, digits, '-' and '_', given ${given}.`);
  }
  const {identity} = options;
  if (identity !== undefined && !/^[A-Za-z0-9-]{1,32}$/.test(identity)) {
    const given = JSON.stringify(identity.slice(0, 80));
    throw invalid(`Expected an identity of 1 to 32 letters, digits and '-', given ${given}.`);
  }
  if (options.servers.length === 0) throw invalid('Expected a NATS server, given none.');
  return options.servers.map(parseServer);
}

/** Host and port, for messages: without user, password or token. */
export function shownServer(server: NatsServerAddress): string {
  const host = server.host.includes(':') ? `[${server.host}]` : server.host;
  return `${server.tls ? 'tls' : 'nats'}://${host}:${server.port}`;
}

function parseServer(text: string): NatsServerAddress {
  const url = parseUrl(text.includes('://') ? text : `nats://${text}`);
  const [user, pass] = [decoded(url.username), decoded(url.password)];
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPort : Number(url.port),
    tls: url.protocol === 'tls:',
    ...(pass !== '' ? {user, pass} : user !== '' ? {token: user} : {}),
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '' || !/^(nats|tls):$/.test(url.protocol)) {
    throw noServerAddress();
  }
  return url;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw noServerAddress();
  }
}

/** Does not show what was given, which may hold a password. */
function noServerAddress(): InferenceError {
  return invalid('Expected a NATS server such as nats://host:4222, given something else.');
}

function invalid(message: string): InferenceError {
  return new InferenceError('INVALID_CONFIG_VALUE', message);
}

import type {NatsOptions} from '../wire/nats-options.js';

/** How a process joins a cluster. */
export interface ConnectOptions extends Partial<Omit<NatsOptions, 'servers'>> {
  /** `nats://127.0.0.1:4222`, the default; several form one NATS cluster. */
  readonly servers?: string | readonly string[];
  /** Tensors of one message above this many bytes are refused. Default: 1 GiB. */
  readonly frameBytesMax?: number;
}

const serversDefault = 'nats://127.0.0.1:4222';
const clusterDefault = 'default';

export function natsOptions({servers = serversDefault, ...rest}: ConnectOptions): NatsOptions {
  return {
    cluster: clusterDefault,
    ...rest,
    servers: typeof servers === 'string' ? servers.split(',') : servers,
  };
}

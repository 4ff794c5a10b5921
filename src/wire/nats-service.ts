import {type NatsConnection, type ServiceMsg, StringCodec} from 'nats';

/** What a process says of itself to NATS's micro protocol (ADR-32). */
export interface NatsService {
  /** Letters, digits, `-` and `_`: what it is. */
  readonly name: string;
  /** A semantic version. */
  readonly version: string;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Told by `$SRV.STATS`: small, and JSON can hold it. */
  stats(): Promise<object>;
  /** The answer of its endpoint `metrics`. */
  metrics(): Promise<string>;
  /** It is not announced any more, before the connection ends: the server does not let it. */
  refused(reason: string): void;
}

/**
 * Answers `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS` on a connection until it ends, and requests at
 * `subject` with metrics.
 */
export async function announce(
  connection: NatsConnection,
  subject: string,
  service: NatsService,
): Promise<void> {
  const {name, version, description, metadata} = service;
  const announced = await connection.services.add({
    ...{name, version, description},
    metadata: {...metadata},
    statsHandler: () => service.stats(),
  });
  announced.addEndpoint('metrics', {
    subject,
    handler: (error, message) => {
      if (error === null) void answer(connection, message, service);
    },
  });
  void announced.stopped.then(error => {
    if (error !== null) service.refused(error.message);
  });
}

const text = StringCodec();

async function answer(
  connection: NatsConnection,
  message: ServiceMsg,
  service: NatsService,
): Promise<void> {
  try {
    const bytes = text.encode(await service.metrics());
    const bytesMax = connection.info?.max_payload ?? 0;
    if (bytes.length > bytesMax) message.respondError(413, `the metrics are ${bytes.length} bytes`);
    else message.respond(bytes);
  } catch {
    // The connection has ended meanwhile, or nothing could be collected: who asks does without.
  }
}

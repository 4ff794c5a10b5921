import type {ExecutionContext} from 'ava';
import {
  type NatsServer,
  type NatsServerOptions,
  startNatsServer,
} from '../../src/app/start-nats-server.js';

/** A nats-server of the test's own on a free port, stopped when the test ends. */
export async function withNats(
  t: Pick<ExecutionContext, 'teardown'>,
  options: NatsServerOptions = {},
): Promise<NatsServer> {
  const server = await startNatsServer(options);
  t.teardown(() => server.stop());
  return server;
}

let started: Promise<NatsServer> | undefined;

/** One nats-server for all tests of a file, which stops it in `test.after.always(stopSharedNats)`. */
export function sharedNats(): Promise<NatsServer> {
  started ??= startNatsServer();
  return started;
}

export async function stopSharedNats(): Promise<void> {
  await (await started)?.stop();
}

import test from 'ava';
import type {ClientOptions, Core} from '../../src/index.js';
import {stopSharedNats} from '../support/nats.js';
import {type NatsCluster, startNatsCluster} from '../support/nats-cluster.js';
import {conformsToCluster} from './cluster.js';

let cluster: Promise<NatsCluster> | undefined;
let core: Promise<Core> | undefined;

test.after.always(async () => {
  await (await core)?.close();
  await (await cluster)?.close();
  await stopSharedNats();
});

/** A client of the cluster that all tests share. */
async function connect(options: ClientOptions = {}): Promise<Core> {
  cluster ??= startNatsCluster();
  return (await cluster).connect(options);
}

conformsToCluster('over NATS', async (t, {own = false, frameBytesMax, ...traced} = {}) => {
  if (!own) {
    core ??= connect();
    return core;
  }
  if (frameBytesMax === undefined) {
    const client = await connect(traced);
    t.teardown(() => client.close());
    return client;
  }
  const bounded = await startNatsCluster({frameBytesMax});
  t.teardown(() => bounded.close());
  const client = await bounded.connect();
  t.teardown(() => client.close());
  return client;
});

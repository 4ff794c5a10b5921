import test from 'ava';
import {stopSharedNats} from '../support/nats.js';
import {type NatsCluster, startNatsCluster} from '../support/nats-cluster.js';
import {conformsToCluster} from './cluster.js';

let shared: Promise<NatsCluster> | undefined;

test.after.always(async () => {
  await (await shared)?.close();
  await stopSharedNats();
});

conformsToCluster('over NATS', async (t, {frameBytesMax} = {}) => {
  shared ??= startNatsCluster();
  const cluster =
    frameBytesMax === undefined ? await shared : await startNatsCluster({frameBytesMax});
  const core = await cluster.connect();
  t.teardown(async () => {
    await core.close();
    if (frameBytesMax !== undefined) await cluster.close();
  });
  return core;
});

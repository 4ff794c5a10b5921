import {randomUUID} from 'node:crypto';
import test from 'ava';
import {systemTimers} from '../../src/app/system-world.js';
import {createLocalTransport} from '../../src/wire/local-transport.js';
import {connectNats} from '../../src/wire/nats-transport.js';
import {sharedNats, stopSharedNats} from '../support/nats.js';
import {conformsToTransport} from './transport.js';

test.after.always(stopSharedNats);

conformsToTransport('local transport', async (t, frameBytesMax) => {
  const transport = createLocalTransport({frameBytesMax});
  t.teardown(() => transport.close());
  return {near: transport, far: transport};
});

conformsToTransport('NATS transport', async (t, frameBytesMax) => {
  const {url} = await sharedNats();
  // A cluster of each test's own keeps tests apart on one server.
  const options = {servers: [url], cluster: randomUUID(), frameBytesMax, timers: systemTimers};
  const near = await connectNats(options);
  t.teardown(() => near.close());
  const far = await connectNats(options);
  t.teardown(() => far.close());
  return {near, far};
});

import {randomUUID} from 'node:crypto';
import test from 'ava';
import {createMemoryStateStore} from '../../src/wire/memory-state-store.js';
import {openNatsStateStore} from '../../src/wire/nats-state-store.js';
import {sharedNats, stopSharedNats} from '../support/nats.js';
import {conformsToStateStore} from './state-store.js';

test.after.always(stopSharedNats);

conformsToStateStore('memory state store', async t => {
  const store = createMemoryStateStore();
  t.teardown(() => store.close());
  return store;
});

conformsToStateStore('NATS state store', async t => {
  const {url} = await sharedNats();
  const store = await openNatsStateStore({servers: [url], cluster: randomUUID()});
  t.teardown(() => store.close());
  return store;
});

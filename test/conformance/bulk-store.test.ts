import {randomUUID} from 'node:crypto';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {createMemoryBulkStore} from '../../src/wire/memory-bulk-store.js';
import {openNatsBulkStore} from '../../src/wire/nats-bulk-store.js';
import {sharedNats, stopSharedNats} from '../support/nats.js';
import {conformsToBulkStore} from './bulk-store.js';

test.after.always(stopSharedNats);

conformsToBulkStore('memory bulk store', async (t, bytesMax) => {
  const store = createMemoryBulkStore({bytesMax});
  t.teardown(() => store.close());
  return store;
});

conformsToBulkStore('NATS bulk store', async (t, bytesMax) => {
  const {url} = await sharedNats();
  const cacheFolder = await mkdtemp(join(tmpdir(), 'heterodyne-test-'));
  t.teardown(() => rm(cacheFolder, {recursive: true, force: true}));
  const cluster = randomUUID();
  const store = await openNatsBulkStore({servers: [url], cluster, cacheFolder, bytesMax});
  t.teardown(() => store.close());
  return store;
});

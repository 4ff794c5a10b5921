import {createMemoryBulkStore} from '../../src/wire/memory-bulk-store.js';
import {conformsToBulkStore} from './bulk-store.js';

conformsToBulkStore('memory bulk store', async (t, bytesMax) => {
  const store = createMemoryBulkStore({bytesMax});
  t.teardown(() => store.close());
  return store;
});

import {createMemoryStateStore} from '../../src/wire/memory-state-store.js';
import {conformsToStateStore} from './state-store.js';

conformsToStateStore('memory state store', async t => {
  const store = createMemoryStateStore();
  t.teardown(() => store.close());
  return store;
});

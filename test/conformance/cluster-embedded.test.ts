import test from 'ava';
import {Core} from '../../src/index.js';
import {conformsToCluster} from './cluster.js';

const devices = ['CPU', 'WASM'];
let shared: Promise<Core> | undefined;

test.after.always(async () => (await shared)?.close());

conformsToCluster('embedded', async (t, {own = false, ...bounds} = {}) => {
  if (!own) {
    shared ??= Core.embedded({devices});
    return shared;
  }
  const core = await Core.embedded({devices, ...bounds});
  t.teardown(() => core.close());
  return core;
});

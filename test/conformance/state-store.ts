import test, {type ExecutionContext} from 'ava';
import type {StateStore} from '../../src/ports/state-store.js';

/** Opens a store, and closes it when the test ends. */
export type OpenStateStore = (t: ExecutionContext) => Promise<StateStore>;

/** What every state store keeps. */
export function conformsToStateStore(name: string, open: OpenStateStore): void {
  const check = (title: string, run: (t: ExecutionContext, store: StateStore) => Promise<void>) =>
    test(`${name}: ${title}`, async t => run(t, await open(t)));

  check('a value comes back with the revision of its writing', async (t, store) => {
    const value = {holder: 'c1', epochs: [1, 2.5, null], big: 2n ** 60n, text: 'é'};
    const revision = await store.put('lease.leader', value, 0);
    t.true(Number(revision) > 0);
    t.deepEqual(await store.get('lease.leader'), {value, revision: Number(revision)});
  });

  check('what was never written is undefined', async (t, store) => {
    t.is(await store.get('absent'), undefined);
  });

  check('a key that must not exist is written once', async (t, store) => {
    t.not(await store.put('key', 1, 0), undefined);
    t.is(await store.put('key', 2, 0), undefined);
    t.is((await store.get('key'))?.value, 1);
  });

  check('only the current revision is replaced', async (t, store) => {
    const first = Number(await store.put('key', 1, 0));
    const second = Number(await store.put('key', 2, first));
    t.true(second > first);
    t.is(await store.put('key', 3, first), undefined);
    t.is(await store.put('other', 3, first), undefined);
    t.deepEqual(await store.get('key'), {value: 2, revision: second});
  });

  check('of many that replace one revision, one does', async (t, store) => {
    const first = Number(await store.put('key', 0, 0));
    const puts = Array.from({length: 10}, (_, index) => store.put('key', index, first));
    const revisions = (await Promise.all(puts)).filter(revision => revision !== undefined);
    t.is(revisions.length, 1);
    t.is((await store.get('key'))?.revision, revisions[0]);
  });

  check('a deleted key is absent and can be written again', async (t, store) => {
    const first = Number(await store.put('key', 1, 0));
    await store.delete('key');
    await store.delete('never-written');
    t.is(await store.get('key'), undefined);
    t.is(await store.put('key', 2, first), undefined, 'the revision is gone with the value');
    t.not(await store.put('key', 2, 0), undefined);
    t.is((await store.get('key'))?.value, 2);
  });

  check('keys are listed by prefix, without those deleted', async (t, store) => {
    t.deepEqual(await store.keys(''), []);
    for (const key of ['deployment.D2', 'deployment.D1', 'deployments', 'leader']) {
      await store.put(key, 1, 0);
    }
    await store.put('deployment.D3', 1, 0);
    await store.delete('deployment.D3');
    t.deepEqual(await store.keys('deployment.'), ['deployment.D1', 'deployment.D2']);
    t.is((await store.keys('')).length, 4);
  });

  check('what a caller changes afterwards changes no value', async (t, store) => {
    const value = {list: [1]};
    await store.put('key', value, 0);
    value.list.push(2);
    t.deepEqual((await store.get('key'))?.value, {list: [1]});
  });

  check('a key that cannot be is refused', async (t, store) => {
    for (const key of ['', 'a b', 'a.*', '.a', 'a..b', 'x'.repeat(300)]) {
      t.like(await t.throwsAsync(store.get(key)), {code: 'INVALID_ARGUMENT'}, key);
      t.like(await t.throwsAsync(store.put(key, 1, 0)), {code: 'INVALID_ARGUMENT'}, key);
    }
  });

  check('a closed store is unavailable', async (t, store) => {
    await store.close();
    await store.close();
    t.like(await t.throwsAsync(store.get('key')), {code: 'STORE_UNAVAILABLE'});
    t.like(await t.throwsAsync(store.put('key', 1, 0)), {code: 'STORE_UNAVAILABLE'});
  });
}

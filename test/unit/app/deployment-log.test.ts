import test from 'ava';
import type {DeploymentRecord} from '../../../schemas/deployment.js';
import {DeploymentLog} from '../../../src/app/deployment-log.js';
import type {BulkStore} from '../../../src/ports/bulk-store.js';
import {createMemoryBulkStore} from '../../../src/wire/memory-bulk-store.js';
import {createMemoryStateStore} from '../../../src/wire/memory-state-store.js';

function recordOf(id: string, networkName: string): DeploymentRecord {
  const network = {model: {digest: 'a'.repeat(64), bytes: 1}, weights: null};
  const order = {
    network,
    device: networkName,
    config: {},
    affinity: {},
    preprocessing: null,
    states: [],
  };
  return {id, order, deployment: null, built: [], replicas: [], nextVariant: 0};
}

test('a record is there until it is deleted, as it was saved last', async t => {
  const log = new DeploymentLog(createMemoryStateStore(), createMemoryBulkStore());
  await log.run({kind: 'save', record: recordOf('a', 'CPU')});
  await log.run({kind: 'save', record: recordOf('a', 'WASM')});
  await log.run({kind: 'save', record: recordOf('b', 'CPU')});
  await log.run({kind: 'delete', id: 'b'});
  t.deepEqual(await log.run({kind: 'list'}), [recordOf('a', 'WASM')]);
});

test('a record that is too large for a message is kept too', async t => {
  const state = createMemoryStateStore();
  const log = new DeploymentLog(state, createMemoryBulkStore());
  const record = recordOf('a', 'x'.repeat(100_000));
  await log.run({kind: 'save', record});
  t.true(JSON.stringify(await state.get('deployment.a')).length < 1000);
  t.deepEqual(await log.run({kind: 'list'}), [record]);
});

test('a network that is a step of preprocessing is kept whole, small or large', async t => {
  for (const bytes of [10, 100_000]) {
    const log = new DeploymentLog(createMemoryStateStore(), createMemoryBulkStore());
    const {order, ...rest} = recordOf('a', 'CPU');
    const model = new Uint8Array(bytes).fill(7);
    const inputs = {x: {steps: [{kind: 'custom', model}]}} as const;
    const record: DeploymentRecord = {
      ...rest,
      order: {...order, preprocessing: {inputs, outputs: {}}} as DeploymentRecord['order'],
    };
    await log.run({kind: 'save', record});
    const [kept] = (await log.run({kind: 'list'})) ?? [];
    const given = kept !== undefined && 'preprocessing' in kept.order ? kept.order : undefined;
    const step = given?.preprocessing?.inputs['x']?.steps[0];
    t.deepEqual(step?.kind === 'custom' && new Uint8Array(step.model), model);
  }
});

test('what is no record, or cannot be found, is left out', async t => {
  const state = createMemoryStateStore();
  const log = new DeploymentLog(state, createMemoryBulkStore());
  await state.put('deployment.odd', {term: 0, digest: '0'.repeat(64)}, 0);
  await state.put('deployment.none', 'nonsense', 0);
  await log.run({kind: 'save', record: recordOf('a', 'CPU')});
  t.deepEqual(await log.run({kind: 'list'}), [recordOf('a', 'CPU')]);
});

test('a leader takes over what there is, and one of an earlier term writes it no more', async t => {
  const state = createMemoryStateStore();
  const [old, next] = [2, 7].map(term => {
    const log = new DeploymentLog(state, createMemoryBulkStore());
    log.lead(term);
    return log;
  });
  await old?.run({kind: 'save', record: recordOf('a', 'CPU')});
  t.deepEqual(await next?.run({kind: 'list'}), [recordOf('a', 'CPU')]);
  for (const task of [
    {kind: 'save', record: recordOf('a', 'WASM')},
    {kind: 'delete', id: 'a'},
    {kind: 'list'},
  ] as const) {
    t.like(await t.throwsAsync(async () => old?.run(task)), {code: 'NO_COORDINATOR'});
  }
  t.deepEqual(await next?.run({kind: 'list'}), [recordOf('a', 'CPU')]);
});

test('what is given first is written first, and the last stays', async t => {
  const log = new DeploymentLog(createMemoryStateStore(), createMemoryBulkStore());
  const names = ['CPU', 'WASM', 'GPU', 'TEMPLATE'];
  await Promise.all(names.map(name => log.run({kind: 'save', record: recordOf('a', name)})));
  t.deepEqual(await log.run({kind: 'list'}), [recordOf('a', 'TEMPLATE')]);
});

test('what a leader began to write is not written in a later term of its own', async t => {
  const state = createMemoryStateStore();
  const bulk = createMemoryBulkStore();
  let store = () => {};
  const slowBulk: BulkStore = {
    has: digest => bulk.has(digest),
    get: digest => bulk.get(digest),
    file: digest => bulk.file(digest),
    close: () => bulk.close(),
    async put(content) {
      await new Promise<void>(resolve => {
        store = resolve;
      });
      return bulk.put(content);
    },
  };
  const log = new DeploymentLog(state, slowBulk);
  log.lead(2);
  const late = log.run({kind: 'save', record: recordOf('a', 'x'.repeat(100_000))});
  const other = new DeploymentLog(state, bulk);
  other.lead(7);
  await other.run({kind: 'save', record: recordOf('a', 'WASM')});
  log.lead(9);
  t.deepEqual(await log.run({kind: 'list'}), [recordOf('a', 'WASM')]);
  store();
  t.like(await t.throwsAsync(late), {code: 'NO_COORDINATOR'});
  t.deepEqual(await log.run({kind: 'list'}), [recordOf('a', 'WASM')]);
});

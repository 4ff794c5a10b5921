import test from 'ava';
import {Pipeline} from '../../support/pipeline.js';
import {
  chain,
  diamondWithSkip,
  replicatedChain,
  twoOutputs,
  twoReplicas,
} from '../../support/stage-graphs.js';

test('a request goes through a chain', async t => {
  const pipeline = new Pipeline(chain());
  const request = pipeline.submit(5);
  await pipeline.workAll();
  t.deepEqual(pipeline.endOf(request), {y: 5});
  t.deepEqual(pipeline.timingsOf(request), [0, 1]);
});

test('paths that join are joined, and the skip among them', async t => {
  const pipeline = new Pipeline(diamondWithSkip());
  const request = pipeline.submit(5);
  await pipeline.workAll();
  t.deepEqual(pipeline.endOf(request), {y: 15});
  t.deepEqual(pipeline.timingsOf(request), [0, 1, 2, 3]);
});

test('outputs of several stages come together', async t => {
  const pipeline = new Pipeline(twoOutputs());
  const request = pipeline.submit(3);
  await pipeline.workAll();
  t.deepEqual(pipeline.endOf(request), {y: 3, z: 3});
});

test('stages of several requests overlap, and each request gets its own', async t => {
  const pipeline = new Pipeline(chain());
  const requests = [1, 2, 3, 4].map(x => pipeline.submit(x));
  await pipeline.world.settle();
  pipeline.work();
  await pipeline.world.settle();
  t.deepEqual(
    [...pipeline.kernels.values()].map(({running}) => running),
    [1, 1],
    'one request at each stage',
  );
  await pipeline.workAll();
  t.deepEqual(
    requests.map(request => pipeline.endOf(request)),
    [1, 2, 3, 4].map(y => ({y})),
  );
});

test('a cancelled request is run no further', async t => {
  const pipeline = new Pipeline(chain());
  const request = pipeline.submit(1);
  await pipeline.world.settle();
  pipeline.cancel(request);
  await pipeline.workAll();
  t.is(pipeline.endOf(request), 'CANCELLED');
  t.is(pipeline.kernels.get('stage.D1.0.1.0')?.tasks.length, 0);
});

test('a full stage is tried again, until everything has gone through', async t => {
  const pipeline = new Pipeline(chain(), {queuedMax: 1});
  const requests = [1, 2, 3, 4, 5, 6].map(x => pipeline.submit(x));
  await pipeline.world.settle();
  for (let tenth = 0; tenth < 100; tenth++) {
    await pipeline.workAll();
    await pipeline.world.advance(100);
  }
  t.deepEqual(
    requests.map(request => pipeline.endOf(request)),
    [1, 2, 3, 4, 5, 6].map(y => ({y})),
  );
});

test('what runs on a device that is stopped in order runs on the other replica', async t => {
  const pipeline = new Pipeline(twoReplicas());
  const requests = [1, 2].map(x => pipeline.submit(x));
  await pipeline.world.settle();
  pipeline.stop('stage.D1.0.0.0');
  await pipeline.world.advance(50);
  await pipeline.workAll();
  t.deepEqual(
    requests.map(request => pipeline.endOf(request)),
    [{y: 1}, {y: 2}],
  );
});

test('a later stage that is gone is replaced by its other replica', async t => {
  const pipeline = new Pipeline(replicatedChain());
  pipeline.stop('stage.D1.0.1.0');
  const request = pipeline.submit(7);
  await pipeline.workAll();
  t.is(pipeline.endOf(request), undefined);
  await pipeline.world.advance(50);
  await pipeline.workAll();
  t.deepEqual(pipeline.endOf(request), {y: 7});
});

test('without a replica that is left a request ends with DEVICE_LOST', async t => {
  const pipeline = new Pipeline(chain());
  pipeline.stop('stage.D1.0.1.0');
  const request = pipeline.submit(7);
  for (let tenth = 0; tenth < 60; tenth++) {
    await pipeline.workAll();
    await pipeline.world.advance(100);
  }
  t.is(pipeline.endOf(request), 'DEVICE_LOST');
});

test('a request whose kernel hangs ends at its deadline, and its stage says it is there', async t => {
  const pipeline = new Pipeline(chain());
  const request = pipeline.submit(7, 30_000);
  await pipeline.world.advance(29_999);
  t.is(pipeline.endOf(request), undefined);
  t.is(pipeline.kernels.get('stage.D1.0.0.0')?.tasks.length, 1, 'there was one attempt');
  await pipeline.world.advance(1);
  t.is(pipeline.endOf(request), 'DEADLINE_EXCEEDED');
});

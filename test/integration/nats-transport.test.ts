import {randomUUID} from 'node:crypto';
import test, {type ExecutionContext} from 'ava';
import {connect} from 'nats';
import {startNatsServer} from '../../src/app/start-nats-server.js';
import {systemTimers} from '../../src/app/system-world.js';
import type {Transport, TransportStatus} from '../../src/ports/transport.js';
import {packMessage} from '../../src/wire/message-codec.js';
import {connectNats, type NatsTransportOptions} from '../../src/wire/nats-transport.js';
import {encodeOffer} from '../../src/wire/transfer-messages.js';
import {Inbox, Sequence} from '../support/inbox.js';
import {metricValue} from '../support/metric-value.js';
import {withNats} from '../support/nats.js';
import {frameOfBytes, plainFrame} from '../support/sample-tensors.js';

async function connected(
  t: ExecutionContext,
  url: string,
  options: Partial<NatsTransportOptions> = {},
): Promise<Transport> {
  const timers = systemTimers;
  const transport = await connectNats({servers: [url], cluster: 'c', timers, ...options});
  t.teardown(() => transport.close());
  return transport;
}

function statusesOf(transport: Transport): Sequence<TransportStatus> {
  const statuses = new Sequence<TransportStatus>();
  transport.onStatus(status => statuses.add(status));
  return statuses;
}

test('a server that comes back is used again, by listeners old and new', async t => {
  const first = await startNatsServer();
  t.teardown(() => first.stop());
  const [near, far] = await Promise.all([connected(t, first.url), connected(t, first.url)]);
  const [statuses, farStatuses] = [statusesOf(near), statusesOf(far)];
  const inbox = new Inbox();
  far.listen('old', inbox);
  await far.flush();
  await first.stop();
  t.is(await statuses.next(), 'disconnected');
  t.is(await farStatuses.next(), 'disconnected');

  const sender = new Inbox();
  near.listen('client', sender);
  near.send('old', plainFrame(1), {from: 'client', token: 'small'});
  near.send('old', frameOfBytes(3_000_000), {from: 'client', token: 'large'});
  t.deepEqual(await sender.losses.take(2), ['small', 'large'], 'not kept for later');
  far.listen('new', inbox);
  t.like(await t.throwsAsync(near.flush()), {code: 'CONNECTION_LOST'});

  await withNats(t, {port: first.port});
  t.is(await statuses.next(), 'connected');
  t.is(await farStatuses.next(), 'connected');
  await far.flush();
  near.send('old', plainFrame('old'));
  near.send('new', frameOfBytes(3_000_000));
  const messages = (await inbox.frames.take(2)).map(frame => frame.message);
  t.deepEqual(messages, ['old', {bytes: 3_000_000}]);
});

test('large frames under way when the connection is lost are lost', async t => {
  const server = await startNatsServer();
  t.teardown(() => server.stop());
  const [near, far] = await Promise.all([connected(t, server.url), connected(t, server.url)]);
  const [sender, inbox] = [new Inbox(), new Inbox()];
  near.listen('client', sender);
  far.listen('a', inbox);
  await Promise.all([near.flush(), far.flush()]);
  for (let i = 0; i < 20; i++) {
    near.send('a', frameOfBytes(8_000_000), {from: 'client', token: `t${i}`});
  }
  await inbox.frames.next();
  process.kill(server.pid, 'SIGKILL');
  const lost = await sender.losses.next();
  t.regex(lost, /^t\d+$/);
});

test('what has no room beside large frames is refused at once, and nothing is lost', async t => {
  const {url} = await withNats(t);
  const near = await connected(t, url, {transferBytesMax: 5_000_000});
  const far = await connected(t, url);
  const [sender, inbox] = [new Inbox(), new Inbox()];
  near.listen('client', sender);
  far.listen('a', inbox);
  await Promise.all([near.flush(), far.flush()]);
  const send = (token: string) => near.send('a', frameOfBytes(4_000_000), {from: 'client', token});
  send('first');
  const error = t.throws(() => send('second'));
  t.like(error, {code: 'QUEUE_FULL', retryable: true});
  near.send('a', plainFrame('small'));
  await inbox.frames.take(2);
  await near.flush();
  send('third');
  await inbox.frames.next();
  t.deepEqual(sender.losses.arrived, []);
});

test('a large frame that its receiver refuses is told so: somebody is there', async t => {
  const {url} = await withNats(t);
  const near = await connected(t, url);
  const far = await connected(t, url, {frameBytesMax: 2_000_000});
  const refusals = new Sequence<string | undefined>();
  near.listen('client', {deliver: () => {}, lost: (_, refusal) => refusals.add(refusal?.code)});
  far.listen('a', new Inbox());
  await Promise.all([near.flush(), far.flush()]);
  near.send('a', frameOfBytes(3_000_000), {from: 'client', token: 'refused'});
  t.is(await refusals.next(), 'QUEUE_FULL');
  near.send('b', frameOfBytes(3_000_000), {from: 'client', token: 'lost'});
  t.is(await refusals.next(), undefined);
});

test('a receiver that leaves in the midst of a large frame makes it lost at once', async t => {
  const {url} = await withNats(t);
  const near = await connected(t, url, {transferIdleMs: 600_000});
  const far = await connected(t, url);
  const [sender, inbox] = [new Inbox(), new Inbox()];
  near.listen('client', sender);
  far.listen('a', inbox);
  await Promise.all([near.flush(), far.flush()]);
  for (let i = 0; i < 20; i++) {
    near.send('a', frameOfBytes(4_000_000), {from: 'client', token: `t${i}`});
  }
  await inbox.frames.next();
  await far.close();
  await near.flush();
  t.true(sender.losses.arrived.includes('t19'));
});

test('a frame larger than a small server takes goes in chunks', async t => {
  const {url} = await withNats(t, {config: 'max_payload: 4096'});
  const [near, far] = await Promise.all([connected(t, url), connected(t, url)]);
  const inbox = new Inbox();
  far.listen('a', inbox);
  await far.flush();
  for (const bytes of [3000, 4000, 5000, 1_000_000]) near.send('a', frameOfBytes(bytes));
  const sizes = (await inbox.frames.take(4)).map(frame => (frame.message as {bytes: number}).bytes);
  t.deepEqual(
    [...sizes].sort((one, other) => one - other),
    [3000, 4000, 5000, 1_000_000],
  );
});

test('a large broadcast reaches every process', async t => {
  const {url} = await withNats(t);
  const near = await connected(t, url);
  const inboxes: Inbox[] = [];
  for (let i = 0; i < 3; i++) {
    const far = await connected(t, url);
    const inbox = new Inbox();
    far.listen('all.nodes', inbox);
    await far.flush();
    inboxes.push(inbox);
  }
  near.send('all.nodes', frameOfBytes(5_000_000));
  for (const inbox of inboxes) {
    const frame = await inbox.frames.next();
    t.is(frame.tensors.get('x')?.data.length, 5_000_000);
  }
});

test('a frame to an address of the same process is delivered by reference', async t => {
  const {url} = await withNats(t);
  const [near, far] = await Promise.all([connected(t, url), connected(t, url)]);
  const [here, there] = [new Inbox(), new Inbox()];
  near.listen('a', here);
  far.listen('a', there);
  await far.flush();
  const frame = {...frameOfBytes(100), owned: true};
  near.send('a', frame);
  t.is(await here.frames.next(), frame);
  await near.flush();
  await far.flush();
  t.is(there.frames.arrived.length, 0, 'it stays in the process');
});

test('a frame that arrives is owned, in one message or in chunks', async t => {
  const {url} = await withNats(t);
  const [near, far] = await Promise.all([connected(t, url), connected(t, url)]);
  const inbox = new Inbox();
  far.listen('a', inbox);
  await far.flush();
  for (const bytes of [100, 600_000, 3_000_000]) {
    near.send('a', frameOfBytes(bytes));
    const frame = await inbox.frames.next();
    const data = frame.tensors.get('x')?.data as Uint8Array<ArrayBuffer>;
    t.true(frame.owned);
    t.is(structuredClone(data, {transfer: [data.buffer]}).length, bytes);
  }
});

test('clusters on one server do not hear each other', async t => {
  const {url} = await withNats(t);
  const near = await connected(t, url, {cluster: 'one'});
  const far = await connected(t, url, {cluster: 'two'});
  const [sender, inbox] = [new Inbox(), new Inbox()];
  near.listen('client', sender);
  far.listen('a', inbox);
  await Promise.all([near.flush(), far.flush()]);
  near.send('a', plainFrame(1), {from: 'client', token: 't'});
  t.is(await sender.losses.next(), 't');
  t.is(inbox.frames.arrived.length, 0);
});

test('messages that are no frames are dropped and counted, and the next one is delivered', async t => {
  const {url} = await withNats(t);
  const far = await connected(t, url, {frameBytesMax: 10_000_000});
  const inbox = new Inbox();
  far.listen('a', inbox);
  await far.flush();
  const stranger = await connect({servers: [url]});
  t.teardown(() => stranger.close());
  const offer = {transfer: 1, peer: 'x', bytes: 10_000_001, chunkBytes: 1000};
  const broken: readonly Uint8Array[] = [
    new Uint8Array(0),
    Uint8Array.of(1, 2, 3),
    new Uint8Array(100).fill(255),
    Uint8Array.of(0, 0, 0, 0, 0xc1),
    new Uint8Array([0, 0, 0, 0, ...packMessage([1, 'x', -1, 1])]),
    new Uint8Array([0, 0, 0, 0, ...packMessage([1, 'a.>', 10, 10])]),
    encodeOffer(offer),
  ];
  for (const bytes of broken) stranger.publish('hd.c.a', bytes);
  await stranger.flush();
  const near = await connected(t, url);
  near.send('a', plainFrame('next'));
  t.is((await inbox.frames.next()).message, 'next');
  t.is(inbox.drops.arrived.length, broken.length);
});

test('an offer whose chunks never come is given up', async t => {
  const {url} = await withNats(t);
  const far = await connected(t, url, {transferIdleMs: 50});
  const inbox = new Inbox();
  far.listen('a', inbox);
  await far.flush();
  const stranger = await connect({servers: [url]});
  t.teardown(() => stranger.close());
  stranger.publish(
    'hd.c.a',
    encodeOffer({transfer: 1, peer: 'x', bytes: 5_000_000, chunkBytes: 1000}),
  );
  t.is(await inbox.drops.next(), 'its sender fell silent');
});

test('chunks of nothing and answers to nothing are ignored', async t => {
  const {url} = await withNats(t);
  const cluster = randomUUID();
  const [near, far] = [await connected(t, url, {cluster}), await connected(t, url, {cluster})];
  const stranger = await connect({servers: [url]});
  t.teardown(() => stranger.close());
  const peers = new Set<string>();
  stranger.subscribe(`hd.${cluster}.>`, {
    callback: (_error, {reply = '', subject}) => {
      for (const text of [subject, reply]) {
        const peer = /_peer\.(\w+)\./.exec(text)?.[1];
        if (peer !== undefined) peers.add(peer);
      }
    },
  });
  await stranger.flush();
  const inbox = new Inbox();
  far.listen('a', inbox);
  await far.flush();
  near.send('a', frameOfBytes(3_000_000));
  await inbox.frames.next();
  await stranger.flush();
  t.is(peers.size, 2);
  for (const peer of peers) {
    const own = `hd.${cluster}._peer.${peer}`;
    stranger.publish(`${own}.chunk`, new Uint8Array(10), {reply: 'no.place'});
    stranger.publish(`${own}.chunk`, new Uint8Array(10), {reply: 'a.99.0'});
    stranger.publish(`${own}.grant`, new Uint8Array(10));
    stranger.publish(`${own}.grant`, packMessage([99, 'x', 1, 1, 'none']));
    stranger.publish(`${own}.gone.1.1`, new Uint8Array(0));
    stranger.publish(`${own}.lost.t.client`, new Uint8Array(0));
  }
  await stranger.flush();
  near.send('a', plainFrame('next'));
  t.is((await inbox.frames.next()).message, 'next');
});

test('frames are counted by their lanes, at both ends', async t => {
  const {url} = await withNats(t);
  const [near, far] = await Promise.all([connected(t, url), connected(t, url)]);
  const inbox = new Inbox();
  far.listen('a', inbox);
  near.listen('b', new Inbox());
  await far.flush();
  near.send('a', frameOfBytes(64));
  near.send('a', frameOfBytes(3 * 2 ** 20));
  near.send('b', frameOfBytes(8));
  await inbox.frames.next();
  await inbox.frames.next();
  const count = (transport: Transport, lane: string, direction: string) =>
    metricValue(transport.metrics?.() ?? [], 'heterodyne_lane_frames_total', {lane, direction});
  for (const lane of ['inline', 'chunked']) {
    t.is(count(near, lane, 'sent'), 1, lane);
    t.is(count(far, lane, 'received'), 1, lane);
    t.is(count(far, lane, 'sent'), 0, lane);
  }
  t.is(count(near, 'reference', 'sent'), 1);
  const bytes = metricValue(far.metrics?.() ?? [], 'heterodyne_lane_bytes_total', {
    lane: 'chunked',
    direction: 'received',
  });
  t.true((bytes ?? 0) > 3 * 2 ** 20);
});

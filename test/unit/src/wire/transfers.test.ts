import test from 'ava';
import type {SendOptions} from '../../../../src/ports/transport.js';
import {IncomingTransfers} from '../../../../src/wire/incoming-transfers.js';
import {OutgoingTransfers} from '../../../../src/wire/outgoing-transfers.js';
import type {ChunkPlace, Grant, Offer} from '../../../../src/wire/transfer-messages.js';
import {ManualTimers} from '../../../support/manual-timers.js';
import {countingBytes} from '../../../support/sample-tensors.js';

const idleMs = 1000;
const chunkBytes = 10;
const windowChunks = 4;

type Message =
  | {readonly kind: 'offer'; readonly offer: Offer; readonly to: string}
  | {readonly kind: 'grant'; readonly grant: Grant}
  | {
      readonly kind: 'chunk';
      readonly transfer: number;
      readonly place: ChunkPlace;
      readonly bytes: Uint8Array;
    };

/** A sender and receivers, with a link between them that a test moves along by hand. */
class Exchange {
  readonly timers = new ManualTimers();
  readonly link: Message[] = [];
  readonly lost: SendOptions[] = [];
  readonly refused: SendOptions[] = [];
  readonly arrived: Uint8Array[] = [];
  readonly dropped: string[] = [];
  readonly outgoing: OutgoingTransfers;
  readonly incoming: IncomingTransfers;
  /** Messages that the link has carried, by kind. */
  readonly carried = {offer: 0, grant: 0, chunk: 0};

  constructor(limits: {readonly sentMax?: number; readonly receivedMax?: number} = {}) {
    const {sentMax = 10_000, receivedMax = 10_000} = limits;
    this.outgoing = new OutgoingTransfers(
      'sender',
      {
        offer: (to, offer) => this.link.push({kind: 'offer', to, offer}) > 0,
        chunk: (_peer, transfer, place, bytes) =>
          this.link.push({kind: 'chunk', transfer, place, bytes}),
        lost: (options, refused) => (refused ? this.refused : this.lost).push(options),
      },
      {bytesMax: sentMax, idleMs},
      this.timers,
    );
    this.incoming = new IncomingTransfers(
      'receiver',
      {
        grant: (_peer, grant) => this.link.push({kind: 'grant', grant}),
        arrived: (_address, bytes) => this.arrived.push(bytes),
        dropped: (_address, reason) => this.dropped.push(reason),
      },
      {frameBytesMax: 1000, bytesMax: receivedMax, windowChunks, idleMs},
      this.timers,
    );
  }

  send(bytes: Uint8Array, to = 'a', broadcast = false): boolean {
    return this.outgoing.start(to, {bytes, chunkBytes, broadcast}, {from: 'me', token: to});
  }

  /** Carries messages until there are none, or one for which `until` is true is next. */
  carry(until: (message: Message) => boolean = () => false): void {
    for (let next = this.link[0]; next !== undefined && !until(next); next = this.link[0]) {
      this.link.shift();
      this.take(next);
    }
  }

  take(message: Message): void {
    this.carried[message.kind] += 1;
    if (message.kind === 'offer') this.incoming.onOffer(message.to, message.offer);
    if (message.kind === 'grant') this.outgoing.onGrant(message.grant);
    if (message.kind === 'chunk') this.incoming.onChunk(message.place, message.bytes);
  }
}

test('a frame arrives whole and leaves nothing behind', t => {
  const exchange = new Exchange();
  const bytes = countingBytes(995);
  t.true(exchange.send(bytes));
  exchange.carry();
  t.deepEqual(exchange.arrived, [bytes]);
  t.deepEqual(exchange.carried.chunk, 100);
  t.is(exchange.outgoing.count + exchange.incoming.count + exchange.timers.pending, 0);
  t.deepEqual(exchange.lost, []);
});

test('no more chunks are on their way than the window holds', t => {
  const exchange = new Exchange();
  exchange.send(countingBytes(995));
  let most = 0;
  exchange.carry(() => {
    most = Math.max(most, exchange.link.filter(({kind}) => kind === 'chunk').length);
    return false;
  });
  t.is(most, windowChunks);
});

test('frames to one address arrive in the order they were sent', t => {
  const exchange = new Exchange();
  const sizes = [500, 20, 300, 11];
  for (const size of sizes) exchange.send(countingBytes(size));
  exchange.carry();
  t.deepEqual(
    exchange.arrived.map(bytes => bytes.length),
    sizes,
  );
});

test('the next frame to an address begins before the last chunk of the one before', t => {
  const exchange = new Exchange();
  exchange.send(countingBytes(100));
  exchange.send(countingBytes(100));
  exchange.carry(({kind}) => kind === 'chunk');
  // The second frame's first grant follows the first frame's last.
  const granted: number[] = [];
  exchange.carry(message => {
    if (message.kind === 'grant' && message.grant.end === 'none') {
      granted.push(message.grant.handle);
    }
    return exchange.arrived.length === 1;
  });
  t.deepEqual([...new Set(granted)], [1, 2]);
});

test('frames to different addresses are put together side by side', t => {
  const exchange = new Exchange();
  exchange.send(countingBytes(900), 'a');
  exchange.send(countingBytes(100), 'b');
  exchange.carry();
  t.deepEqual(
    exchange.arrived.map(bytes => bytes.length),
    [100, 900],
  );
});

test('frames wait while their bytes are over the bound', t => {
  const exchange = new Exchange({receivedMax: 150});
  for (const address of ['a', 'b', 'c', 'd']) exchange.send(countingBytes(100), address);
  exchange.carry(({kind}) => kind === 'chunk');
  t.is(exchange.link.filter(({kind}) => kind === 'chunk').length, windowChunks, 'only one began');
  exchange.carry();
  t.is(exchange.arrived.length, 4);
});

test('a frame over the bound of one frame is refused', t => {
  const exchange = new Exchange();
  exchange.send(countingBytes(1001));
  exchange.carry();
  t.regex(exchange.dropped.join(), /over the bound/);
  t.deepEqual([exchange.refused, exchange.lost], [[{from: 'me', token: 'a'}], []]);
  t.is(exchange.outgoing.count + exchange.incoming.count, 0);
});

test('a sender takes no more than its bound, and one frame in any case', t => {
  const exchange = new Exchange({sentMax: 150});
  t.true(exchange.send(countingBytes(500), 'a'));
  t.false(exchange.send(countingBytes(10), 'b'));
  exchange.carry();
  t.true(exchange.send(countingBytes(100), 'c'));
  t.false(exchange.send(countingBytes(100), 'd'));
});

test('a chunk that comes twice is dropped and counted', t => {
  const exchange = new Exchange();
  const bytes = countingBytes(100);
  exchange.send(bytes);
  exchange.carry(({kind}) => kind === 'chunk');
  const [twice] = exchange.link;
  if (twice !== undefined) exchange.take(twice);
  exchange.carry();
  t.deepEqual(exchange.arrived, [bytes]);
  t.deepEqual(exchange.dropped, ['a chunk came twice']);
});

for (const title of ['missing', 'of another length']) {
  test(`a frame with a chunk ${title} is dropped, and its sender told`, t => {
    const exchange = new Exchange();
    exchange.send(countingBytes(100));
    exchange.carry(({kind}) => kind === 'chunk');
    const first = exchange.link.shift();
    if (title !== 'missing' && first?.kind === 'chunk') {
      exchange.take({...first, bytes: first.bytes.subarray(1)});
    }
    exchange.carry();
    t.is(exchange.arrived.length, 0);
    t.deepEqual(exchange.dropped, ['a chunk is missing or of another length']);
    t.deepEqual(exchange.refused, [{from: 'me', token: 'a'}]);
    t.is(exchange.incoming.count + exchange.timers.pending, 0);
  });
}

test('an offer that nobody grants is lost once it is idle', t => {
  const exchange = new Exchange();
  exchange.send(countingBytes(100));
  exchange.link.length = 0;
  exchange.timers.advance(idleMs);
  t.deepEqual(exchange.lost, []);
  exchange.timers.advance(idleMs);
  t.deepEqual(exchange.lost, [{from: 'me', token: 'a'}]);
  t.is(exchange.outgoing.count + exchange.timers.pending, 0);
});

test('a frame whose sender falls silent is dropped once it is idle', t => {
  const exchange = new Exchange();
  exchange.send(countingBytes(100));
  exchange.carry(({kind}) => kind === 'chunk');
  exchange.link.length = 0;
  exchange.outgoing.abort();
  exchange.timers.advance(2 * idleMs);
  t.deepEqual(exchange.dropped, ['its sender fell silent']);
  t.is(exchange.incoming.count + exchange.timers.pending, 0);
});

test('a frame that makes progress is never idle', t => {
  const exchange = new Exchange();
  exchange.send(countingBytes(900));
  exchange.carry(() => {
    exchange.timers.advance(idleMs / 4);
    return false;
  });
  t.is(exchange.arrived.length, 1);
});

test('a frame that waits for others for long is not idle', t => {
  const exchange = new Exchange();
  exchange.send(countingBytes(900));
  exchange.send(countingBytes(100));
  let steps = 0;
  exchange.carry(() => {
    exchange.timers.advance(idleMs / 10);
    steps += 1;
    return false;
  });
  t.true(steps > 100);
  t.is(exchange.arrived.length, 2);
  t.deepEqual(exchange.lost, []);
});

test('a frame that waits for others is dropped once its sender gave up', t => {
  const exchange = new Exchange();
  exchange.send(countingBytes(900));
  exchange.send(countingBytes(100));
  exchange.carry(({kind}) => kind === 'chunk');
  exchange.link.length = 0;
  exchange.outgoing.abort();
  exchange.timers.advance(idleMs / 3);
  exchange.carry();
  t.deepEqual(exchange.dropped, ['its sender gave up']);
  t.is(exchange.incoming.count, 1, 'the first, which has no reason to speak yet');
  exchange.timers.advance(2 * idleMs);
  t.is(exchange.incoming.count + exchange.timers.pending, 0);
});

test('a grant of a transfer that was given up frees the receiver at once', t => {
  const exchange = new Exchange();
  exchange.send(countingBytes(100));
  exchange.outgoing.abort();
  exchange.carry();
  t.deepEqual(exchange.dropped, ['its sender gave up']);
  t.is(exchange.incoming.count + exchange.timers.pending, 0);
});

test('a receiver that is gone before it has all makes the frame lost', t => {
  const exchange = new Exchange();
  exchange.send(countingBytes(100));
  exchange.carry(({kind}) => kind === 'chunk');
  exchange.outgoing.onGone(1, 1);
  t.deepEqual(exchange.lost, [{from: 'me', token: 'a'}]);
});

test('a receiver that is gone after it has all makes nothing lost', t => {
  const exchange = new Exchange();
  exchange.send(countingBytes(100));
  exchange.carry();
  exchange.outgoing.onGone(1, 1);
  exchange.outgoing.onGone(1, undefined);
  exchange.outgoing.onGone(77, 1);
  t.deepEqual(exchange.lost, []);
});

test('several receivers each take a broadcast at their own pace', async t => {
  const exchange = new Exchange();
  const bytes = countingBytes(100);
  exchange.send(bytes, 'all.nodes', true);
  const [offer] = exchange.link;
  const other = new Exchange();
  if (offer?.kind === 'offer') other.incoming.onOffer(offer.to, offer.offer);
  exchange.carry();
  t.is(exchange.outgoing.count, 1, 'later receivers are still served');
  await exchange.outgoing.settled();
  for (let next = other.link.shift(); next !== undefined; next = other.link.shift()) {
    if (next.kind !== 'grant') continue;
    exchange.outgoing.onGrant({...next.grant, peer: 'other'});
    for (const chunk of exchange.link.splice(0)) other.take(chunk);
  }
  t.deepEqual([...exchange.arrived, ...other.arrived], [bytes, bytes]);
  exchange.timers.advance(2 * idleMs);
  t.is(exchange.outgoing.count, 0);
  t.deepEqual(exchange.lost, []);
});

test('settled waits for what was sent before, and for no more', async t => {
  const exchange = new Exchange();
  exchange.send(countingBytes(100), 'a');
  const settled = exchange.outgoing.settled();
  exchange.carry();
  exchange.send(countingBytes(100), 'b');
  await settled;
  t.is(exchange.outgoing.count, 1);
});

import test, {type ExecutionContext} from 'ava';
import type {Transport} from '../../src/ports/transport.js';
import {Inbox} from '../support/inbox.js';
import {frameOfBytes, plainFrame, sampleTensors} from '../support/sample-tensors.js';

/** Two ends of one cluster; the same transport twice where it stays inside a process. */
export interface TransportEnds {
  readonly near: Transport;
  readonly far: Transport;
}

/** Opens two ends with this bound, and closes them when the test ends. */
export type OpenEnds = (t: ExecutionContext, frameBytesMax: number) => Promise<TransportEnds>;

/** What every transport keeps, whatever it is made of. */
export function conformsToTransport(name: string, open: OpenEnds): void {
  const frameBytesMax = 16 * 2 ** 20;
  const check = (title: string, run: (t: ExecutionContext, ends: TransportEnds) => Promise<void>) =>
    test(`${name}: ${title}`, async t => run(t, await open(t, frameBytesMax)));

  delivers(check);
  tellsLoss(check);
  keepsListeners(check);
  refuses(check, frameBytesMax);
  closes(check);
}

type Check = (
  title: string,
  run: (t: ExecutionContext, ends: TransportEnds) => Promise<void>,
) => void;

async function listening(transport: Transport, address: string): Promise<Inbox> {
  const inbox = new Inbox();
  transport.listen(address, inbox);
  await transport.flush();
  return inbox;
}

function delivers(check: Check): void {
  check('a message and tensors of every element type arrive intact', async (t, {near, far}) => {
    const inbox = await listening(far, 'stage.a');
    const message = {kind: 'infer', of: [1, null, 'é'], big: 2n ** 62n};
    near.send('stage.a', {message, tensors: sampleTensors, owned: false});
    const frame = await inbox.frames.next();
    t.deepEqual(frame.message, message);
    t.deepEqual([...frame.tensors], [...sampleTensors]);
  });

  check('nothing is delivered before send returns', async (t, {near}) => {
    const inbox = await listening(near, 'stage.a');
    near.send('stage.a', plainFrame('later'));
    t.is(inbox.frames.arrived.length, 0);
    t.is((await inbox.frames.next()).message, 'later');
  });

  check('frames from one sender arrive in the order they were sent', async (t, {near, far}) => {
    const inbox = await listening(far, 'stage.a');
    for (let i = 0; i < 1000; i++) near.send('stage.a', plainFrame(i));
    const messages = (await inbox.frames.take(1000)).map(frame => frame.message);
    t.deepEqual(messages, [...messages.keys()]);
  });

  check('a frame of many megabytes arrives intact', async (t, {near, far}) => {
    const inbox = await listening(far, 'stage.a');
    const sent = frameOfBytes(5_000_001);
    near.send('stage.a', sent);
    const {message, tensors} = await inbox.frames.next();
    t.deepEqual(message, sent.message);
    const data = tensors.get('x')?.data as Uint8Array;
    t.is(Buffer.compare(data, sent.tensors.get('x')?.data as Uint8Array), 0);
  });

  check('large frames to one address arrive in order', async (t, {near, far}) => {
    const inbox = await listening(far, 'stage.a');
    const sizes = [5_000_000, 1_500_000, 3_000_000, 2_000_000];
    for (const bytes of sizes) near.send('stage.a', frameOfBytes(bytes));
    const frames = await inbox.frames.take(sizes.length);
    t.deepEqual(
      frames.map(frame => (frame.message as {bytes: number}).bytes),
      sizes,
    );
  });

  check('both ends send at once', async (t, {near, far}) => {
    const [there, here] = await Promise.all([listening(far, 'a.there'), listening(near, 'a.here')]);
    for (let i = 0; i < 100; i++) {
      near.send('a.there', frameOfBytes(i * 500));
      far.send('a.here', frameOfBytes(i * 500));
    }
    await Promise.all([there.frames.take(100), here.frames.take(100)]);
    t.pass();
  });
}

function tellsLoss(check: Check): void {
  check('a sender that asked is told that nobody listens', async (t, {near}) => {
    const sender = await listening(near, 'client.1');
    near.send('nobody.here', plainFrame(1), {from: 'client.1', token: 'tok-en_1'});
    near.send('nobody.here', frameOfBytes(3_000_000), {from: 'client.1', token: 'large'});
    near.send('not an address', plainFrame(1), {from: 'client.1', token: 'bad'});
    const tokens = await sender.losses.take(3);
    t.deepEqual([...tokens].sort(), ['bad', 'large', 'tok-en_1']);
  });

  check('nobody is told of a loss without a token', async (t, {near}) => {
    const sender = await listening(near, 'client.1');
    near.send('nobody.here', plainFrame(1), {from: 'client.1'});
    near.send('nobody.here', plainFrame(1));
    near.send('nobody.here', plainFrame(2), {from: 'client.1', token: 'last'});
    t.is(await sender.losses.next(), 'last');
    t.deepEqual(sender.losses.arrived, ['last']);
  });

  check('no loss is told of a frame that arrives', async (t, {near, far}) => {
    const sender = await listening(near, 'client.1');
    const inbox = await listening(far, 'stage.a');
    near.send('stage.a', plainFrame(1), {from: 'client.1', token: 'arrives'});
    near.send('stage.a', frameOfBytes(3_000_000), {from: 'client.1', token: 'too'});
    await inbox.frames.take(2);
    near.send('nobody.here', plainFrame(2), {from: 'client.1', token: 'last'});
    await sender.losses.next();
    t.deepEqual(sender.losses.arrived, ['last']);
  });
}

function keepsListeners(check: Check): void {
  check('several listeners at one address all receive', async (t, {near, far}) => {
    const inboxes = await Promise.all([listening(far, 'stage.a'), listening(far, 'stage.a')]);
    near.send('stage.a', frameOfBytes(100));
    for (const inbox of inboxes) {
      const frame = await inbox.frames.next();
      t.deepEqual(frame.message, {bytes: 100});
      t.false(frame.owned, 'neither may give the buffers away');
    }
  });

  check('listeners everywhere receive at an address under all.', async (t, {near, far}) => {
    const inboxes = await Promise.all([listening(near, 'all.nodes'), listening(far, 'all.nodes')]);
    near.send('all.nodes', plainFrame('small'));
    near.send('all.nodes', frameOfBytes(3_000_000));
    near.send('all.nodes', plainFrame('last'));
    for (const inbox of inboxes) await inbox.frames.take(3);
    t.true(inboxes.every(inbox => inbox.frames.arrived.length === 3));
  });

  check('nothing arrives after stop, and the rest still does', async (t, {near, far}) => {
    const stopped = new Inbox();
    const listening1 = far.listen('stage.a', stopped);
    const inbox = await listening(far, 'stage.a');
    listening1.stop();
    await far.flush();
    near.send('stage.a', plainFrame(1));
    await inbox.frames.next();
    t.is(stopped.frames.arrived.length, 0);
  });

  check('a listener that listens twice receives twice, until each is stopped', async (t, ends) => {
    const {near, far} = ends;
    const inbox = await listening(far, 'stage.a');
    const twice = far.listen('stage.a', inbox);
    near.send('stage.a', plainFrame(1));
    await inbox.frames.take(2);
    twice.stop();
    twice.stop();
    near.send('stage.a', plainFrame(2));
    near.send('stage.a', plainFrame(3));
    const messages = (await inbox.frames.take(2)).map(frame => frame.message);
    t.deepEqual(messages, [2, 3]);
  });

  check('an address is free again once its last listener stopped', async (t, {near, far}) => {
    const sender = await listening(near, 'client.1');
    far.listen('stage.a', new Inbox()).stop();
    await far.flush();
    near.send('stage.a', plainFrame(1), {from: 'client.1', token: 'gone'});
    t.is(await sender.losses.next(), 'gone');
  });

  check('what is no address cannot be listened at', async (t, {near}) => {
    for (const address of [
      '',
      'a b',
      'a.*',
      'a.>',
      '.a',
      'a..b',
      '_a.b',
      'a\r\nPUB x 0',
      'x'.repeat(300),
    ]) {
      const error = t.throws(() => near.listen(address, new Inbox()), undefined, address);
      t.like(error, {code: 'INVALID_ARGUMENT'});
    }
  });
}

function refuses(check: Check, frameBytesMax: number): void {
  check('a frame over the bound is refused', async (t, {near, far}) => {
    const inbox = await listening(far, 'stage.a');
    t.is(near.frameBytesMax, frameBytesMax);
    const error = t.throws(() => near.send('stage.a', frameOfBytes(frameBytesMax + 1)));
    t.like(error, {code: 'PAYLOAD_TOO_LARGE'});
    near.send('stage.a', plainFrame('next'));
    t.is((await inbox.frames.next()).message, 'next');
  });

  check('a tensor whose data is not what its shape says is refused', async (t, {near}) => {
    const tensors = new Map([['x', {type: 'u8' as const, shape: [3], data: Uint8Array.of(1)}]]);
    const error = t.throws(() => near.send('stage.a', {message: 1, tensors, owned: false}));
    t.like(error, {code: 'INVALID_FRAME'});
  });
}

function closes(check: Check): void {
  check('a closed transport says so and refuses to send and to listen', async (t, {near}) => {
    const statuses: string[] = [];
    near.onStatus(status => statuses.push(status));
    near.onStatus(status => statuses.push(`not told: ${status}`)).stop();
    await near.close();
    await near.close();
    t.deepEqual(statuses, ['closed']);
    t.like(
      t.throws(() => near.send('a', plainFrame(1))),
      {code: 'CONNECTION_LOST'},
    );
    t.like(
      t.throws(() => near.listen('a', new Inbox())),
      {code: 'CONNECTION_LOST'},
    );
  });
}

import test, {type ExecutionContext} from 'ava';
import type {Transport} from '../../../../src/ports/transport.js';
import {createLocalTransport} from '../../../../src/wire/local-transport.js';
import {Inbox} from '../../../support/inbox.js';
import {metricValue} from '../../../support/metric-value.js';
import {frameOfBytes, plainFrame} from '../../../support/sample-tensors.js';

function opened(t: ExecutionContext): Transport {
  const transport = createLocalTransport();
  t.teardown(() => transport.close());
  return transport;
}

test('a frame is delivered by reference', async t => {
  const transport = opened(t);
  const inbox = new Inbox();
  transport.listen('a', inbox);
  const frame = {...frameOfBytes(8), owned: true};
  transport.send('a', frame);
  t.is(await inbox.frames.next(), frame);
});

test('a listener that sends to itself does not starve the event loop', async t => {
  const transport = opened(t);
  let turns = 0;
  transport.listen('a', {
    deliver: frame => {
      turns += 1;
      transport.send('a', frame);
    },
  });
  transport.send('a', plainFrame('again'));
  await new Promise(resolve => setImmediate(() => setImmediate(resolve)));
  t.true(turns > 0 && turns < 10);
});

test('delivery is never inside the delivery of another frame', async t => {
  const transport = opened(t);
  const inbox = new Inbox();
  const steps: string[] = [];
  transport.listen('b', {deliver: () => steps.push('b')});
  transport.listen('a', {
    deliver: frame => {
      steps.push('a begins');
      transport.send('b', frame);
      transport.send('end', frame);
      steps.push('a ends');
    },
  });
  transport.listen('end', inbox);
  transport.send('a', plainFrame(1));
  await inbox.frames.next();
  t.deepEqual(steps, ['a begins', 'a ends', 'b']);
});

test('a frame over the bound of the queue is refused, so that its sender knows', async t => {
  const transport = opened(t);
  const inbox = new Inbox();
  transport.listen('a', inbox);
  for (let i = 0; i < 65_536; i++) transport.send('a', plainFrame(i));
  t.like(
    t.throws(() => transport.send('a', plainFrame('more'))),
    {code: 'QUEUE_FULL', retryable: true},
  );
  await transport.flush();
  t.is(inbox.frames.arrived.length, 65_536);
  transport.send('a', plainFrame('more'));
  await transport.flush();
  t.is(inbox.frames.arrived.at(-1)?.message, 'more');
});

test('nothing is delivered after close', async t => {
  const transport = opened(t);
  const inbox = new Inbox();
  transport.listen('a', inbox);
  transport.send('a', plainFrame(1));
  await transport.close();
  await transport.flush();
  t.is(inbox.frames.arrived.length, 0);
});

test('frames and the bytes of their tensors are counted, both ways', async t => {
  const transport = opened(t);
  transport.listen('a', new Inbox());
  transport.send('a', frameOfBytes(64));
  transport.send('a', frameOfBytes(16));
  await transport.flush();
  const metrics = transport.metrics?.() ?? [];
  for (const direction of ['sent', 'received']) {
    const labels = {lane: 'reference', direction};
    t.is(metricValue(metrics, 'heterodyne_lane_frames_total', labels), 2);
    t.is(metricValue(metrics, 'heterodyne_lane_bytes_total', labels), 80);
  }
});

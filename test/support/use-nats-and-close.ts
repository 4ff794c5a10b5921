import {systemTimers} from '../../src/app/system-world.js';
import {openNatsBulkStore} from '../../src/wire/nats-bulk-store.js';
import {openNatsStateStore} from '../../src/wire/nats-state-store.js';
import {connectNats} from '../../src/wire/nats-transport.js';
import {Inbox} from './inbox.js';
import {frameOfBytes, plainFrame} from './sample-tensors.js';

/**
 * A process of its own: uses everything that holds a connection, with a listener that throws on the
 * way, closes it, and must then end by itself.
 */
const [url = '', cacheFolder = ''] = process.argv.slice(2);
const options = {servers: [url], cluster: 'closes', timers: systemTimers, cacheFolder};
const far = await connectNats(options);
const near = await connectNats(options);
const bulk = await openNatsBulkStore(options);
const state = await openNatsStateStore(options);

const thrown = new Promise(resolve => process.once('uncaughtException', resolve));
far.listen('throws', {
  deliver() {
    throw new Error('a programmer erred');
  },
});
const inbox = new Inbox();
far.listen('a', inbox);
await far.flush();
near.send('throws', plainFrame(1));
near.send('a', frameOfBytes(2_000_000));
await inbox.frames.next();
await thrown;

const {digest} = await bulk.put(new Uint8Array(1000));
await bulk.file(digest);
await state.put('key', 1, 0);
await state.keys('');
await Promise.all([near.close(), far.close(), bulk.close(), state.close()]);
process.stdout.write('closed');

import test from 'ava';
import {ensureNatsServer} from '../../../../src/app/ensure-nats-server.js';
import {findNatsServer} from '../../../../src/app/find-nats-server.js';

test('a nats-server that is there is taken without a word', async t => {
  const notes: string[] = [];
  const found = await ensureNatsServer(line => notes.push(line));
  t.is(findNatsServer(), found);
  t.deepEqual(notes, []);
});

import test from 'ava';
import {
  checkNatsOptions,
  type NatsServerAddress,
  shownServer,
} from '../../../../src/wire/nats-options.js';

const plain = {port: 4222, tls: false};
const servers: readonly (readonly [string, NatsServerAddress, string])[] = [
  ['host', {...plain, host: 'host'}, 'nats://host:4222'],
  ['host:1', {host: 'host', port: 1, tls: false}, 'nats://host:1'],
  ['nats://10.0.0.1:5', {host: '10.0.0.1', port: 5, tls: false}, 'nats://10.0.0.1:5'],
  ['tls://host', {host: 'host', port: 4222, tls: true}, 'tls://host:4222'],
  ['nats://[::1]:7', {host: '::1', port: 7, tls: false}, 'nats://[::1]:7'],
  ['nats://me:a%40b@h', {...plain, host: 'h', user: 'me', pass: 'a@b'}, 'nats://h:4222'],
  ['nats://s3cret@h', {...plain, host: 'h', token: 's3cret'}, 'nats://h:4222'],
];
for (const [text, address, shown] of servers) {
  test(`${text} is understood, and shown without secrets`, t => {
    const [server] = checkNatsOptions({cluster: 'c', servers: [text]});
    t.deepEqual(server, address);
    if (server !== undefined) t.is(shownServer(server), shown);
  });
}

for (const text of ['', 'http://host', 'ws://host:80', 'nats://', 'nats://a b', 'nats://h:99999']) {
  test(`'${text}' is refused as a server`, t => {
    const error = t.throws(() => checkNatsOptions({cluster: 'c', servers: [text]}));
    t.like(error, {code: 'INVALID_CONFIG_VALUE'});
  });
}

test('a password that is no part of a URL is refused without being shown', t => {
  const servers = ['nats://me:s3cret%@host'];
  const error = t.throws(() => checkNatsOptions({cluster: 'c', servers}));
  t.like(error, {code: 'INVALID_CONFIG_VALUE'});
  t.false(error?.message.includes('s3cret'));
});

for (const cluster of ['', 'a.b', 'a b', 'a*', 'x'.repeat(65)]) {
  test(`'${cluster}' is refused as a cluster`, t => {
    const error = t.throws(() => checkNatsOptions({cluster, servers: ['host']}));
    t.like(error, {code: 'INVALID_CONFIG_VALUE'});
  });
}

import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {Command} from 'commander';
import {
  type AccessFlags,
  accessOptions,
  withAccessOptions,
} from '../../../src/cli/access-options.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

function flagsOf(...args: readonly string[]): AccessFlags {
  const command = withAccessOptions(new Command('any')).exitOverride();
  return command.parse([...args], {from: 'user'}).opts();
}

test('flags say who the process is, and nothing is said without them', async t => {
  const seedFile = join(await temporaryFolder(t), 'user.nk');
  await writeFile(seedFile, 'SUAB\n');
  const flags = flagsOf(
    ...['--identity', 'edge-a', '--creds', 'user.creds', '--nkey', seedFile],
    ...['--tls-ca', 'ca.pem', '--tls-cert', 'cert.pem', '--tls-key', 'key.pem'],
  );
  t.deepEqual(accessOptions(flags), {
    identity: 'edge-a',
    credsFile: 'user.creds',
    nkeySeed: 'SUAB',
    tls: {caFile: 'ca.pem', certFile: 'cert.pem', keyFile: 'key.pem'},
  });
  t.deepEqual(accessOptions(flagsOf()), {});
});

test('a seed that cannot be read is an error that names the file, not what is in it', t => {
  t.throws(() => accessOptions(flagsOf('--nkey', 'no-such.nk')), {
    code: 'FILE_UNREADABLE',
    message: /no-such\.nk/,
  });
});

import {readFileSync} from 'node:fs';
import {type Command, Option} from 'commander';
import type {ConnectOptions} from '../app/connect-options.js';
import {InferenceError} from '../errors.js';

/** How a process shows the NATS server who it is. A user and password are a part of the URL. */
export interface AccessFlags {
  readonly identity?: string;
  readonly creds?: string;
  readonly nkey?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

export function withAccessOptions(command: Command): Command {
  const options: readonly (readonly [string, string, string])[] = [
    ['--identity <name>', 'whose connection it is, in the subjects where it receives', 'IDENTITY'],
    ['--creds <file>', "a user's JWT and seed, as nsc writes them", 'CREDS'],
    ['--nkey <file>', "a file with an nkey's seed", 'NKEY'],
    ['--tls-ca <file>', 'PEM: who signs the certificate of the server', 'TLS_CA'],
    ['--tls-cert <file>', 'PEM: the certificate to show', 'TLS_CERT'],
    ['--tls-key <file>', 'PEM: the key of that certificate', 'TLS_KEY'],
  ];
  for (const [flags, text, variable] of options) {
    command.addOption(new Option(flags, text).env(`HETERODYNE_${variable}`).helpGroup('Access:'));
  }
  return command;
}

/** Throws FILE_UNREADABLE. */
export function accessOptions(flags: AccessFlags): Partial<ConnectOptions> {
  const {identity, creds, nkey, tlsCa, tlsCert, tlsKey} = flags;
  const tls = {
    ...(tlsCa === undefined ? {} : {caFile: tlsCa}),
    ...(tlsCert === undefined ? {} : {certFile: tlsCert}),
    ...(tlsKey === undefined ? {} : {keyFile: tlsKey}),
  };
  return {
    ...(identity === undefined ? {} : {identity}),
    ...(creds === undefined ? {} : {credsFile: creds}),
    ...(nkey === undefined ? {} : {nkeySeed: seedIn(nkey)}),
    ...(Object.keys(tls).length === 0 ? {} : {tls}),
  };
}

function seedIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw InferenceError.from(error, 'FILE_UNREADABLE');
  }
}

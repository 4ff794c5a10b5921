import {type Command, Option} from 'commander';
import type {ConnectOptions} from '../app/connect-options.js';
import {Core} from '../app/core.js';
import {pluginsFor} from '../app/plugins.js';
import {type AccessFlags, accessOptions, withAccessOptions} from './access-options.js';
import {type CacheFlags, cacheOptions, withCacheOptions} from './cache-options.js';

/** Options of every command that is a part of a cluster. */
export interface ServerOptions extends AccessFlags {
  readonly servers: string;
  readonly cluster: string;
  readonly verbose?: boolean;
}

/** Options of every command that uses a cluster, or one in its own process. */
export interface ClusterOptions extends Omit<ServerOptions, 'servers'>, CacheFlags {
  readonly servers?: string;
}

const serversDefault = 'nats://127.0.0.1:4222';
const description = 'NATS servers of the cluster, between commas';

/** Adds the options by which a process becomes a part of a cluster. */
export function withServerOptions(command: Command): Command {
  return withCommonOptions(command, serverOption(description).default(serversDefault));
}

/** Adds the options by which a command uses a cluster; `otherwise` says what it does without. */
export function withClusterOptions(
  command: Command,
  otherwise = 'everything in this process',
): Command {
  return withCommonOptions(command, serverOption(`${description}; none: ${otherwise}`));
}

/** The same for a command that loads networks, on devices in its own process if need be. */
export function withLoadOptions(command: Command): Command {
  return withCacheOptions(withClusterOptions(command), 'without --servers, ');
}

function serverOption(text: string): Option {
  return new Option('-s, --servers <urls>', text).env('HETERODYNE_SERVERS');
}

function withCommonOptions(command: Command, server: Option): Command {
  return withAccessOptions(command.addOption(server))
    .addOption(
      new Option('--cluster <name>', 'name of the cluster on these servers')
        .default('default')
        .env('HETERODYNE_CLUSTER'),
    )
    .option('-v, --verbose', 'more detail, and stack traces of errors');
}

/** `name` is what the server calls this connection. Throws FILE_UNREADABLE. */
export function connectOptions(
  {servers, cluster, ...flags}: ServerOptions,
  name: string,
): ConnectOptions {
  return {servers, cluster, name, ...accessOptions(flags)};
}

/**
 * Runs `body` with a core: of the cluster that the options name, else one in this process, with what
 * the device expression names.
 */
export async function withCore<T>(
  options: ClusterOptions & {readonly device?: string},
  body: (core: Core) => Promise<T>,
): Promise<T> {
  const {servers} = options;
  const core =
    servers === undefined
      ? await Core.embedded({
          devices: pluginsFor(options.device ?? ''),
          cache: cacheOptions(options),
        })
      : await Core.connect(connectOptions({...options, servers}, 'heterodyne'));
  try {
    return await body(core);
  } finally {
    await core.close();
  }
}

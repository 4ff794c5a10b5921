import {type Command, Option} from 'commander';
import {Core} from '../app/core.js';

/** Options of every command that works on a cluster. */
export interface ClusterOptions {
  readonly servers?: string;
  readonly cluster: string;
  readonly verbose?: boolean;
}

/** Adds the options by which a command joins a cluster. */
export function withClusterOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '-s, --servers <urls>',
        'NATS servers of the cluster, between commas; none: all in this process',
      ).env('HETERODYNE_SERVERS'),
    )
    .addOption(
      new Option('--cluster <name>', 'name of the cluster on these servers')
        .default('default')
        .env('HETERODYNE_CLUSTER'),
    )
    .option('-v, --verbose', 'more detail, and stack traces of errors');
}

/** Runs `body` with a core: of the cluster that the options name, else one in this process. */
export async function withCore<T>(
  {servers, cluster}: ClusterOptions,
  body: (core: Core) => Promise<T>,
): Promise<T> {
  const core =
    servers === undefined
      ? await Core.embedded()
      : await Core.connect({servers: servers.split(','), cluster});
  try {
    return await body(core);
  } finally {
    await core.close();
  }
}

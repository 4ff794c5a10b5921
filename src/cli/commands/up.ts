import {hostname} from 'node:os';
import {Command} from 'commander';
import {ensureNatsServer} from '../../app/ensure-nats-server.js';
import {runCoordinator} from '../../app/run-coordinator.js';
import {runNode} from '../../app/run-node.js';
import {standardLog} from '../../app/standard-log.js';
import {startNatsServer} from '../../app/start-nats-server.js';
import {InferenceError} from '../../errors.js';
import {type CacheFlags, cacheOptions, withCacheOptions} from '../cache-options.js';
import type {Closers} from '../closers.js';
import {type MetricsFlags, startMetrics, withMetricsOption} from '../metrics-option.js';
import {kinds, wholeNumber} from '../parse-options.js';
import type {Console} from '../report.js';
import {serveUntilSignal} from '../serve-until-signal.js';

interface Options extends CacheFlags, MetricsFlags {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly devices?: readonly string[];
  readonly cluster: string;
  readonly storeDir?: string;
  readonly verbose?: boolean;
}

const portDefault = 4222;

/** `heterodyne up`. */
export function upCommand(console: Console): Command {
  return withMetricsOption(withCacheOptions(new Command('up')))
    .description('bring up a whole cluster on this host: nats-server, coordinator, node')
    .option('--host <address>', 'address that nats-server listens on', '127.0.0.1')
    .option(
      '--port <port>',
      'port of nats-server; 0: a free one',
      wholeNumber(0, 65_535),
      portDefault,
    )
    .option('--store-dir <dir>', "where nats-server keeps the cluster's state; none: nowhere")
    .option('--cluster <name>', 'name of the cluster on this server', 'default')
    .option('-n, --name <name>', 'name of the node', hostname())
    .option('-d, --devices <kinds>', 'kinds of devices, between commas; none: all', kinds)
    .option('-v, --verbose', 'more detail, and stack traces of errors')
    .addHelpText(
      'after',
      '\nExample:\n  $ heterodyne up\n  $ heterodyne devices --servers nats://127.0.0.1:4222\n',
    )
    .action((options: Options) =>
      serveUntilSignal(closers => runCluster(options, closers, console)),
    );
}

/** Rejects with what kept the cluster from starting, or with NO_SERVER when its server ends. */
async function runCluster(options: Options, closers: Closers, console: Console): Promise<never> {
  const {name, devices, cluster, host, port, storeDir} = options;
  await ensureNatsServer(console.note);
  const server = await startNatsServer({
    ...{host, port},
    ...(storeDir === undefined ? {} : {storeDir}),
  });
  closers.add(() => server.stop());
  const logLevel = options.verbose ? 'debug' : 'warn';
  const log = standardLog(logLevel, {node: name});
  const connect = {servers: server.url, cluster};
  const coordinator = await runCoordinator({...connect, name: 'coordinator'}, log);
  closers.add(() => coordinator.close());
  const node = await runNode({
    name,
    ...(devices === undefined ? {} : {devices}),
    connect: {...connect, name},
    cache: cacheOptions(options),
    log,
    logLevel,
  });
  closers.add(() => node.close());
  const collect = async () => [...coordinator.metrics(), ...(await node.metrics())];
  closers.add(await startMetrics(options, {process: 'up', collect}, console));
  console.note(`cluster ${cluster} is up at ${server.url} with ${node.devices.join(', ')}`);
  await Promise.race([server.ended, node.failed]);
  throw new InferenceError('NO_SERVER', `the nats-server at ${server.url} has ended`);
}

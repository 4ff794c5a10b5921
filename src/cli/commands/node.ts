import {hostname} from 'node:os';
import {Command} from 'commander';
import {runNode} from '../../app/run-node.js';
import {standardLog} from '../../app/standard-log.js';
import {type CacheFlags, cacheOptions, withCacheOptions} from '../cache-options.js';
import {connectOptions, type ServerOptions, withServerOptions} from '../cluster-options.js';
import {type MetricsFlags, startMetrics, withMetricsOption} from '../metrics-option.js';
import {collect, kinds} from '../parse-options.js';
import type {Console} from '../report.js';
import {serveUntilSignal} from '../serve-until-signal.js';

interface Options extends ServerOptions, CacheFlags, MetricsFlags {
  readonly name: string;
  readonly devices?: readonly string[];
  readonly plugin?: readonly string[];
}

/** `heterodyne node`. */
export function nodeCommand(console: Console): Command {
  return withMetricsOption(withCacheOptions(withServerOptions(new Command('node'))))
    .description("run a node: this host's devices, until it is interrupted")
    .option('-n, --name <name>', 'name of the node, unique in the cluster', hostname())
    .option('-d, --devices <kinds>', 'kinds of devices, between commas; none: all', kinds)
    .option(
      '-p, --plugin <module>',
      'one more plugin: a path, or the name of an npm package',
      collect,
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ heterodyne node --servers nats://10.0.0.5:4222 --name edge --devices CPU,WASM\n' +
        '  $ heterodyne node --plugin ./my-plugin.js\n',
    )
    .action((options: Options) =>
      serveUntilSignal(async closers => {
        const logLevel = options.verbose ? 'debug' : 'warn';
        const log = standardLog(logLevel, {node: options.name});
        const node = await runNode({
          name: options.name,
          ...(options.devices === undefined ? {} : {devices: options.devices}),
          plugins: options.plugin ?? [],
          connect: connectOptions(options, options.name),
          cache: cacheOptions(options),
          log,
          logLevel,
        });
        closers.add(() => node.close());
        const source = {process: 'node', collect: () => node.metrics()};
        closers.add(await startMetrics(options, source, console));
        console.note(`node ${options.name} is running with ${node.devices.join(', ')}`);
        await node.failed;
      }),
    );
}

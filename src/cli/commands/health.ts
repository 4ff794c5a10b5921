import {Command} from 'commander';
import {Core} from '../../app/core.js';
import {InferenceError} from '../../errors.js';
import {connectOptions, type ServerOptions, withServerOptions} from '../cluster-options.js';
import type {Console} from '../report.js';

interface Options extends ServerOptions {
  readonly node?: string;
  readonly coordinator?: boolean;
}

/** `heterodyne health`: for container health checks. */
export function healthCommand(console: Console): Command {
  return withServerOptions(new Command('health'))
    .description('exit with status 0 if the cluster answers, else 1')
    .option('--node <name>', 'and devices of this node are alive')
    .option('--coordinator', 'and a coordinator leads (always asked)')
    .addHelpText(
      'after',
      '\nExample:\n  $ heterodyne health --servers nats://127.0.0.1:4222 --node edge\n',
    )
    .action(async (options: Options) => {
      const core = await Core.connect(connectOptions(options, 'health'));
      try {
        const devices = await core.getDeviceDescriptions();
        const alive = devices.filter(({node}) => node === (options.node ?? node));
        if (options.node !== undefined && alive.length === 0) {
          const text = `no device of node ${options.node} is alive`;
          throw new InferenceError('DEVICE_LOST', text);
        }
        console.print(`healthy: ${alive.map(({name}) => name).join(', ') || 'no devices yet'}`);
      } finally {
        await core.close();
      }
    });
}

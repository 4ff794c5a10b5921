import {Command} from 'commander';
import {type ClusterOptions, withClusterOptions, withCore} from '../cluster-options.js';
import type {Console} from '../report.js';
import {formatTable} from '../table.js';

interface Options extends ClusterOptions {
  readonly json?: boolean;
}

/** `heterodyne devices`. */
export function devicesCommand(console: Console): Command {
  return withClusterOptions(new Command('devices'))
    .description('list the devices that are alive')
    .option('--json', 'print one JSON array')
    .addHelpText('after', '\nExample:\n  $ heterodyne devices --servers nats://127.0.0.1:4222\n')
    .action((options: Options) =>
      withCore(options, async core => {
        const devices = await core.getDeviceDescriptions();
        if (options.json) {
          console.print(JSON.stringify(devices, undefined, 2));
          return;
        }
        const rows = devices
          .toSorted((a, b) => (a.name < b.name ? -1 : 1))
          .map(device => [
            device.name,
            device.fullName,
            `${device.plugin} ${device.pluginVersion}`,
            device.capabilities.join(' '),
          ]);
        const titles = ['DEVICE', 'FULL NAME', 'PLUGIN', 'CAPABILITIES'];
        console.print(
          formatTable(
            titles.map(title => ({title})),
            rows,
          ),
        );
      }),
    );
}

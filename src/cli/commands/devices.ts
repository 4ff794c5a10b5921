import {Command} from 'commander';
import type {DeviceStatus} from '../../../schemas/cluster-status.js';
import type {DeviceDescription} from '../../../schemas/device.js';
import type {DeviceProperties} from '../../../schemas/metrics.js';
import type {Core} from '../../app/core.js';
import {InferenceError} from '../../errors.js';
import {type ClusterOptions, withClusterOptions, withCore} from '../cluster-options.js';
import type {Console} from '../report.js';
import {formatTable} from '../table.js';
import {deviceState} from '../top/device-state.js';

interface Options extends ClusterOptions {
  readonly json?: boolean;
}

interface Detailed extends DeviceDescription {
  readonly state: 'alive';
  readonly properties?: DeviceProperties;
}

/** `heterodyne devices`. */
export function devicesCommand(console: Console): Command {
  return withClusterOptions(new Command('devices'))
    .description('list the devices, also those that are lost; -v: with metrics and config')
    .option('--json', 'print one JSON array')
    .addHelpText('after', '\nExample:\n  $ heterodyne devices --servers nats://127.0.0.1:4222 -v\n')
    .action((options: Options) =>
      withCore(options, async core => {
        const found = await core.getDeviceDescriptions();
        const {devices: known} = await core.getClusterStatus();
        const absent = known.filter(({state}) => state !== 'alive');
        const devices = await Promise.all(
          found
            .toSorted((a, b) => (a.name < b.name ? -1 : 1))
            .map(async (device): Promise<Detailed> => {
              const alive = {...device, state: 'alive'} as const;
              return options.verbose ? detailed(core, alive, console) : alive;
            }),
        );
        if (options.json) console.print(JSON.stringify([...devices, ...absent], undefined, 2));
        else console.print([overview(devices, absent), ...devices.flatMap(details)].join('\n\n'));
      }),
    );
}

/** A device that does not answer is still one that was alive. */
async function detailed(core: Core, device: Detailed, console: Console): Promise<Detailed> {
  try {
    return {...device, properties: await core.getDeviceProperties(device.name)};
  } catch (error) {
    const {code, message} = InferenceError.from(error);
    console.note(`${device.name}: ${code}: ${message}`);
    return device;
  }
}

function overview(devices: readonly Detailed[], absent: readonly DeviceStatus[]): string {
  const alive = devices.map(device => [
    device.name,
    deviceState(device),
    device.fullName,
    `${device.plugin} ${device.pluginVersion}`,
    device.capabilities.join(' '),
  ]);
  const gone = absent.map(device => [device.name, deviceState(device), device.why ?? '']);
  const titles = titled('DEVICE', 'STATE', 'FULL NAME', 'PLUGIN', 'CAPABILITIES');
  return formatTable(titles, [...alive, ...gone]);
}

function details({name, properties}: Detailed): string[] {
  if (properties === undefined) return [];
  const {metrics, config} = properties;
  // The other columns list them already.
  const told = Object.entries(metrics).filter(([key]) => !key.startsWith('SUPPORTED_'));
  const rows = [
    ...told.map(([key, value]) => [key, 'RO', shown(value)]),
    ...Object.entries(config).map(([key, value]) => [key, 'RW', shown(value)]),
  ];
  return [`${name}\n${formatTable(titled('PROPERTY', '', 'VALUE'), rows)}`];
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(' ');
  if (value === '') return "''";
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function titled(...titles: readonly string[]): {readonly title: string}[] {
  return titles.map(title => ({title}));
}

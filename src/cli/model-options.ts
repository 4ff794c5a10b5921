import {type Command, Option} from 'commander';
import {configProperties} from '../../schemas/properties.js';
import {flattenConfig} from '../client/flatten-config.js';
import {type Network, openNetwork} from '../client/network.js';
import {parseDeviceExpression} from '../plan/device-expression.js';
import type {Config} from '../plugin/plugin.js';
import {entry} from './parse-options.js';

/** Options of every command that takes a network. */
export interface ModelOptions {
  readonly device: string;
  readonly config?: Config;
  /** Operation to device. */
  readonly affinity?: Readonly<Record<string, string>>;
}

const device = 'a device: CPU, host-a/CPU, HETERO:WASM,CPU';
const anyDevice = 'AUTO';
const keys = Object.keys(configProperties).join(', ');

/** Adds the argument and the options by which a command takes a network. */
export function withModelOptions(command: Command): Command {
  return withConfigOption(
    command.argument('<model>', 'an ONNX file').option('-d, --device <device>', device, anyDevice),
  );
}

/** The same for a command that takes what `export` wrote too. */
export function withLoadableOptions(command: Command): Command {
  return withConfigOption(
    command
      .argument('<model>', 'an ONNX file, or what `heterodyne export` wrote')
      .option(
        '-d, --device <device>',
        `${device} (default: AUTO; for what was exported, as it was)`,
      ),
  );
}

function withConfigOption(command: Command): Command {
  return command.addOption(
    new Option(
      '-c, --config <KEY=VALUE>',
      `a config value, any number of times; keys: ${keys}`,
    ).argParser(entry),
  );
}

/** Adds the option by which a command that splits a network takes an affinity for it. */
export function withAffinityOption(command: Command): Command {
  const text = 'place an operation by hand: all of them or none';
  return command.option('-a, --affinity <OPERATION=DEVICE>', text, entry);
}

/**
 * Reads a command's network and checks what can be checked of its options before a cluster is
 * started or joined. Rejects with FILE_UNREADABLE, INVALID_NETWORK, PATH_REFUSED, INVALID_DEVICE,
 * UNKNOWN_CONFIG_KEY, INVALID_CONFIG_VALUE or UNKNOWN_OPERATION.
 */
export async function openModel(
  path: string,
  {device, config = {}, affinity = {}}: ModelOptions,
): Promise<Network> {
  parseDeviceExpression(device);
  flattenConfig(config);
  const network = await openNetwork(path);
  for (const [operation, on] of Object.entries(affinity)) network.setAffinity(operation, on);
  return network;
}

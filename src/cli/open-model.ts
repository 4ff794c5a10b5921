import {type Network, openNetwork} from '../client/network.js';
import {parseDeviceExpression} from '../plan/device-expression.js';
import {parseConfig} from '../plugin/config.js';
import type {Config} from '../plugin/plugin.js';

/**
 * Reads a command's network and checks what can be checked of its options before a cluster is
 * started or joined. Rejects with FILE_UNREADABLE, INVALID_NETWORK, PATH_REFUSED, INVALID_DEVICE,
 * UNKNOWN_CONFIG_KEY or INVALID_CONFIG_VALUE.
 */
export async function openModel(path: string, device: string, config?: Config): Promise<Network> {
  parseDeviceExpression(device);
  parseConfig(config ?? {});
  return openNetwork(path);
}

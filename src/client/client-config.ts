import type {ConfigMap} from '../../schemas/config.js';
import type {ConfigValues} from '../../schemas/properties.js';
import {parseScopedKey, sharedConfig} from '../plan/device-config.js';
import {parseConfig} from '../plugin/config.js';
import {type Addressed, addressConfig, checkScopes} from './address-config.js';
import {flattenConfig, type LoadConfig} from './flatten-config.js';

/** What a client sets once for all that it loads, on all devices or on some. */
export class ClientConfig {
  #set: ConfigMap = {};

  /** What is set, flat. */
  get all(): ConfigMap {
    return this.#set;
  }

  /** What is set for all devices, with the defaults of what is not. */
  get shared(): ConfigValues {
    return parseConfig(sharedConfig(this.#set));
  }

  /**
   * Sets keys for all devices. Throws INVALID_DEVICE, UNKNOWN_CONFIG_KEY, READ_ONLY_KEY or
   * INVALID_CONFIG_VALUE, and then nothing is set.
   */
  set(config: LoadConfig): void {
    this.#set = {...this.#set, ...flattenConfig(config)};
  }

  /**
   * What to order for a load on `device`: what is set, and over it `config`, whose keys for all
   * devices also replace what is set for some.
   */
  forLoad(device: string, config: LoadConfig): Addressed {
    const given = flattenConfig(config);
    checkScopes(device, given);
    const kept = Object.entries(this.#set).filter(([key]) => {
      return !Object.hasOwn(given, parseScopedKey(key)?.key ?? key);
    });
    return addressConfig(device, {...Object.fromEntries(kept), ...given});
  }
}

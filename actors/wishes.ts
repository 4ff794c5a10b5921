import {autoPolicy} from '../devices/auto/auto-policy.js';
import {batchPolicy} from '../devices/batch/batch-policy.js';
import {heteroPolicy} from '../devices/hetero/hetero-policy.js';
import {multiPolicy} from '../devices/multi/multi-policy.js';
import type {ConfigMap} from '../schemas/config.js';
import type {DeviceDescription} from '../schemas/device.js';
import {unreachable} from '../src/errors.js';
import {
  type DeviceExpression,
  formatDeviceExpression,
  type NamedDevice,
  parseDeviceExpression,
} from '../src/plan/device-expression.js';
import {matchesDevice, resolveDevice} from '../src/plan/resolve-device.js';
import type {DeviceChoice, Wish, Wishes} from '../src/plan/wish.js';

/** The cluster as the choice of devices sees it. */
export interface Cluster {
  readonly devices: readonly DeviceDescription[];
  /** Stages that a device runs already. */
  stagesOf(device: DeviceDescription): number;
  /** A network of higher MODEL_PRIORITY uses it. */
  isReserved(device: DeviceDescription): boolean;
  /** The network that is laid out uses it already. */
  isInUse(device: DeviceDescription): boolean;
  /** It cannot import what was exported, and would have to compile it. */
  isUnfit(device: DeviceDescription): boolean;
  /** The network is kept off it: see Quarantine. */
  isBarred(device: DeviceDescription): boolean;
  /** Names may mean devices that are gone for now. */
  readonly lenient: boolean;
}

/** What a device expression comes to in a cluster. Throws INVALID_DEVICE, UNKNOWN_DEVICE. */
export function wishesFor(expression: string, config: ConfigMap, cluster: Cluster): Wishes {
  const choice = new ClusterChoice(cluster, config);
  const {mode, list, helper} = choice.wishesOf(parseDeviceExpression(expression));
  return {
    mode,
    list: list.map(wish => withoutBarred(wish, cluster)),
    helper: helper === null ? null : withoutBarred(helper, cluster),
  };
}

/** What a wish comes to without the devices that the network is kept off, if others are left. */
function withoutBarred(wish: Wish, {isBarred}: Cluster): Wish {
  const barred = wish.chosen.flatMap(({devices}) => devices.filter(isBarred));
  if (barred.length === 0) return wish;
  const chosen = wish.chosen.flatMap(({label, devices}) => {
    const left = devices.filter(device => !isBarred(device));
    return left.length === 0 ? [] : [{label, devices: left}];
  });
  return chosen.length === 0 ? wish : {...wish, chosen, barred};
}

class ClusterChoice implements DeviceChoice {
  readonly config: ConfigMap;
  readonly #cluster: Cluster;
  readonly #taken = new Set<string>();

  constructor(cluster: Cluster, config: ConfigMap) {
    this.#cluster = cluster;
    this.config = config;
  }

  get devices(): readonly DeviceDescription[] {
    return this.#cluster.devices;
  }

  isReserved(device: DeviceDescription): boolean {
    return this.#cluster.isReserved(device);
  }

  wishesOf(expression: DeviceExpression): Wishes {
    switch (expression.form) {
      case 'device':
        return this.#wishesOfOne(expression);
      case 'hetero':
        return heteroPolicy(expression, this);
      case 'multi':
        return multiPolicy(expression, this);
      case 'auto':
        return autoPolicy(expression, this);
      case 'batch':
        return batchPolicy(expression, this);
      default:
        return unreachable(expression);
    }
  }

  /**
   * Of the devices that a name means, one that the expression has not named yet, then one that the
   * network is not kept off, then one that can import what was exported, then one that the network
   * uses already, then the one with the fewest stages, then the first by name.
   */
  choose(name: NamedDevice): DeviceDescription | undefined {
    const {devices, lenient} = this.#cluster;
    if (lenient && !devices.some(device => matchesDevice(name, device))) return undefined;
    const chosen = resolveDevice(name, devices).reduce((best, next) =>
      this.#isBetter(next, best) ? next : best,
    );
    this.#taken.add(chosen.address);
    return chosen;
  }

  #isBetter(a: DeviceDescription, b: DeviceDescription): boolean {
    const {isInUse, isUnfit, isBarred, stagesOf} = this.#cluster;
    const taken = Number(this.#taken.has(a.address)) - Number(this.#taken.has(b.address));
    const barred = Number(isBarred(a)) - Number(isBarred(b));
    const used = Number(isInUse(b)) - Number(isInUse(a));
    const unfit = Number(isUnfit(a)) - Number(isUnfit(b));
    return (taken || barred || unfit || used || stagesOf(a) - stagesOf(b)) < 0;
  }

  #wishesOfOne(name: NamedDevice): Wishes {
    const device = this.choose(name);
    const label = formatDeviceExpression(name);
    const wish = {requestsMax: null, batch: 1, config: this.config};
    const list =
      device === undefined ? [] : [{...wish, label, chosen: [{label, devices: [device]}]}];
    return {mode: 'all', list, helper: null};
  }
}

import type {ConfigMap} from '../../schemas/config.js';
import type {DeviceDescription} from '../../schemas/device.js';
import type {DeviceExpression, NamedDevice} from './device-expression.js';

/** A device that the user named, and those of the cluster that were chosen for it. */
export interface Chosen {
  readonly label: string;
  /** One for each replica of a stage on it. */
  readonly devices: readonly DeviceDescription[];
}

/** One way to run a whole network. */
export interface Wish {
  /** The part of the device expression that it serves. */
  readonly label: string;
  /** In priority order; the last is the fallback. */
  readonly chosen: readonly Chosen[];
  /** Devices that it goes without, as the network is kept off them. */
  readonly barred?: readonly DeviceDescription[];
  /** Requests that one client sends through it at once; null: no bound of its own. */
  readonly requestsMax: number | 'optimal' | null;
  /** Requests that its stages run as one. */
  readonly batch: number;
  readonly config: ConfigMap;
}

/** What a device expression comes to in a cluster. */
export interface Wishes {
  /** Whether all of them are to be there, or the first that can be. */
  readonly mode: 'all' | 'first';
  readonly list: readonly Wish[];
  /** Of mode `first`: one that is ready soon and serves until the one that is wanted is there. */
  readonly helper: Wish | null;
}

/** What the policies of virtual devices choose from. */
export interface DeviceChoice {
  readonly config: ConfigMap;
  /** Every device of the cluster. */
  readonly devices: readonly DeviceDescription[];
  /**
   * The device that a name means: of several, the best to use. Undefined if there is none now, but
   * was; throws UNKNOWN_DEVICE if that cannot be.
   */
  choose(name: NamedDevice): DeviceDescription | undefined;
  /** A network of higher MODEL_PRIORITY uses it. */
  isReserved(device: DeviceDescription): boolean;
  /** What a member of a list comes to. */
  wishesOf(member: DeviceExpression): Wishes;
}

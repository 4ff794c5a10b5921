import type {DeviceDescription} from '../schemas/device.js';
import {InferenceError} from '../src/errors.js';

/** A network that was on a device each time that the device's process died, so often, is kept off it. */
const crashesMax = 3;
/** … within this time: a process dies of other things too. */
const windowMs = 600_000;
/** Pairs of network and device that are remembered; the oldest go first. */
const countsMax = 1024;

interface Process {
  readonly address: string;
  readonly restarts: number;
  /** Digests of the networks that it was given. */
  readonly networks: Set<string>;
}

/**
 * Keeps poisonous networks off the devices that they crash. Which of several networks killed a process
 * cannot be seen: all that it held are suspects, and one that is suspect three times is refused on
 * that device. A process that is asked to end, or whose host is gone, has not crashed.
 */
export class Quarantine {
  /** The last process of each device that is alive or absent, by the device's name. */
  readonly #processes = new Map<string, Process>();
  /** When, by network and device. */
  readonly #crashes = new Map<string, readonly number[]>();

  /**
   * Devices that are alive now; one that was started again has crashed before, unless it had left: then
   * it is not among the `absent`, of which nothing is known but their silence.
   */
  onMembers(devices: readonly DeviceDescription[], absent: readonly string[], now: number): void {
    const known = new Set([...devices.map(({name}) => name), ...absent]);
    for (const name of this.#processes.keys()) if (!known.has(name)) this.#processes.delete(name);
    for (const {name, address, restarts} of devices) {
      const last = this.#processes.get(name);
      if (last?.address === address) continue;
      if (last !== undefined && restarts > last.restarts) this.#count(name, last, now);
      this.#processes.delete(name);
      this.#processes.set(name, {address, restarts, networks: new Set()});
    }
  }

  /** A network is put on a device. */
  onLoad(network: string, {name, address}: DeviceDescription): void {
    const last = this.#processes.get(name);
    if (last?.address === address) last.networks.add(network);
  }

  /** Why a network may not go to a device; undefined if it may. */
  reason(network: string, {name}: DeviceDescription): InferenceError | undefined {
    const {length: crashes} = this.#crashes.get(keyOf(network, name)) ?? [];
    if (crashes < crashesMax) return undefined;
    const text = `the process of ${name} died ${crashes} times while it held this network`;
    return new InferenceError('QUARANTINED', `${text}: it is not loaded there again`, {
      device: name,
    });
  }

  #count(name: string, {networks}: Process, now: number): void {
    for (const network of networks) {
      const key = keyOf(network, name);
      const before = this.#crashes.get(key) ?? [];
      const lately = before.filter(at => now - at < windowMs);
      this.#crashes.delete(key);
      this.#crashes.set(key, [...(before.length < crashesMax ? lately : before), now]);
    }
    for (const [oldest] of this.#crashes) {
      if (this.#crashes.size <= countsMax) break;
      this.#crashes.delete(oldest);
    }
  }
}

function keyOf(network: string, device: string): string {
  return `${network} ${device}`;
}

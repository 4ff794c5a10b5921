import type {DeviceDescription} from '../schemas/device.js';

/** A stage, and the device that says that it has it. */
export interface Orphan {
  readonly address: string;
  /** The device's name. */
  readonly device: string;
}

/**
 * Finds stages that no deployment knows: of a release that did not reach its device, of a leader that
 * went before it could record them. What two looks in a row have found is nobody's.
 */
export class Orphans {
  /** What each device says that it holds, by the device's address. */
  readonly #held = new Map<string, readonly string[]>();
  #suspects: ReadonlySet<string> = new Set();

  hear(device: string, stages: readonly string[]): void {
    this.#held.set(device, stages);
  }

  /** Devices that are alive now; what the others held went with them. */
  onMembers(devices: readonly DeviceDescription[]): void {
    const alive = new Set(devices.map(({address}) => address));
    for (const address of this.#held.keys()) if (!alive.has(address)) this.#held.delete(address);
  }

  /** Another leader knows other deployments. */
  forget(): void {
    this.#suspects = new Set();
  }

  look(devices: readonly DeviceDescription[], known: ReadonlySet<string>): readonly Orphan[] {
    const unknown = devices.flatMap(({address: device, name}) =>
      (this.#held.get(device) ?? [])
        .filter(address => !known.has(address))
        .map(address => ({address, device: name})),
    );
    const orphans = unknown.filter(({address}) => this.#suspects.has(address));
    this.#suspects = new Set(unknown.map(({address}) => address));
    return orphans;
  }
}

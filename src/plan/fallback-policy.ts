import type {Assignment} from './assignment.js';
import type {AtomicUnits} from './atomic-units.js';
import type {DeviceSupport} from './device-support.js';
import {formatCount} from './format-count.js';
import {listNames} from './list-names.js';
import {type NetworkIndex, operationAt} from './network-index.js';
import {
  formatRefusal,
  type RefusedOperation,
  unsupportedOperations,
} from './unsupported-operations.js';

const refusalsShownMax = 3;

/** Gives each unit to the first device that takes it; reads no more answers than needed. */
export class FallbackPolicy {
  readonly #index: NetworkIndex;
  readonly #units: AtomicUnits;
  readonly #asked: DeviceSupport[] = [];
  readonly #affinity = new Map<string, string>();
  readonly #reasons = new Map<string, string>();

  constructor(index: NetworkIndex, units: AtomicUnits) {
    this.#index = index;
    this.#units = units;
  }

  /** Throws UNSUPPORTED_OPERATIONS if no device takes some unit. */
  assign(devices: readonly (() => DeviceSupport)[]): Assignment {
    let open = this.#units.units;
    for (const ask of devices) {
      if (open.length === 0) break;
      const device = ask();
      this.#asked.push(device);
      const refused: (readonly number[])[] = [];
      for (const unit of open) {
        if (this.#unitRefusal(device, unit) === undefined) this.#take(unit, device);
        else refused.push(unit);
      }
      open = refused;
    }
    if (open.length > 0) throw unsupportedOperations(this.#index, this.#refused(open.flat()));
    return {affinity: this.#affinity, reasons: this.#reasons};
  }

  #take(unit: readonly number[], device: DeviceSupport): void {
    const reason = this.#reason(unit, device);
    for (const operation of unit) {
      const {name} = operationAt(this.#index, operation);
      this.#affinity.set(name, device.device);
      this.#reasons.set(name, reason);
    }
  }

  #reason(unit: readonly number[], device: DeviceSupport): string {
    const refusals = this.#refusals(this.#asked.slice(0, refusalsShownMax), earlier =>
      this.#unitRefusal(earlier, unit),
    );
    // All that were asked before refused it, else it were no longer open.
    const unshown = this.#asked.length - 1 - refusals.length;
    const names = unit.map(operation => operationAt(this.#index, operation).name);
    return [
      ...(unit.length > 1 ? [`${listNames(names, 3)} ${this.#bond(unit)}`] : []),
      ...refusals,
      ...(unshown > 0 ? [`so do ${formatCount(unshown, 'more device')}`] : []),
      `${device.device} supports it${refusals.length > 0 ? '' : ' and comes first'}`,
    ].join('; ');
  }

  #bond([first = -1]: readonly number[]): string {
    const {ties, unitOf} = this.#units;
    const isTied = ties.some(({producer}) => unitOf[producer] === unitOf[first]);
    return isTied ? 'share a value that cannot travel' : 'are one quantised pattern';
  }

  /** Why a device cannot take all of a unit. */
  #unitRefusal(device: DeviceSupport, unit: readonly number[]): string | undefined {
    for (const operation of unit) {
      const refusal = device.refusal(operation);
      if (refusal === undefined) continue;
      const {name} = operationAt(this.#index, operation);
      return unit.length === 1 ? refusal : `'${name}' beside it: ${refusal}`;
    }
    return undefined;
  }

  #refused(operations: readonly number[]): readonly RefusedOperation[] {
    return operations
      .toSorted((a, b) => a - b)
      .map(operation => {
        const unit = this.#units.units[this.#units.unitOf[operation] ?? -1] ?? [];
        const refusals = this.#refusals(
          this.#asked,
          device => device.refusal(operation) ?? this.#unitRefusal(device, unit),
        );
        return {operation, refusals};
      });
  }

  #refusals(
    devices: readonly DeviceSupport[],
    refusal: (device: DeviceSupport) => string | undefined,
  ): readonly string[] {
    return devices.flatMap(device => {
      const reason = refusal(device);
      return reason === undefined ? [] : [formatRefusal(device.device, reason)];
    });
  }
}

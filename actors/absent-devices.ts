import type {AbsentDevice} from '../schemas/cluster-status.js';

interface Entry {
  readonly device: AbsentDevice;
  until: number;
}

/** A device of which nothing has been heard for longer is forgotten. */
const absentMsMax = 600_000;
/** The oldest are forgotten first. */
const absentMax = 4096;

/** The devices that were there, by name, and what is known of where they went. */
export class AbsentDevices {
  readonly #entries = new Map<string, Entry>();

  get list(): readonly AbsentDevice[] {
    return Array.from(this.#entries.values(), ({device}) => device);
  }

  lost(name: string, now: number): void {
    const why = 'its node is silent, or its process has ended';
    this.#put({name, state: 'lost', why}, now + absentMsMax);
  }

  /** Its node says so; true if that is news. */
  givenUp(name: string, why: string, now: number): boolean {
    const known = this.#entries.get(name)?.device.state === 'givenUp';
    this.#put({name, state: 'givenUp', why}, now + absentMsMax);
    return !known;
  }

  returned(name: string): void {
    this.#entries.delete(name);
  }

  /** True if some were forgotten. `lateMs`: time that is not to count. */
  expire(now: number, lateMs: number): boolean {
    const before = this.#entries.size;
    for (const [name, entry] of this.#entries) {
      entry.until += lateMs;
      if (entry.until <= now) this.#entries.delete(name);
    }
    return this.#entries.size < before;
  }

  #put(device: AbsentDevice, until: number): void {
    this.#entries.delete(device.name);
    this.#entries.set(device.name, {device, until});
    for (const [oldest] of this.#entries) {
      if (this.#entries.size <= absentMax) break;
      this.#entries.delete(oldest);
    }
  }
}

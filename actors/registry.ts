import type {DeviceDescription} from '../schemas/device.js';
import type {CoordinatorMessage} from '../schemas/messages/coordinator.js';
import {
  type Heartbeat,
  type RegistryMessage,
  registryMessageSchema,
} from '../schemas/messages/registry.js';
import {unreachable} from '../src/errors.js';
import type {Behaviour, Delivery, Effect} from '../src/kernel/behaviour.js';
import {messageParser} from '../src/kernel/parse-message.js';

interface Member {
  readonly device: DeviceDescription;
  aliveUntil: number;
}

type Private = {readonly kind: 'expire'};

/** Devices that one cluster may have. */
const membersMax = 4096;

/**
 * Knows which devices are alive, by their leases, and tells the coordinator beside it. Time in which
 * this process could not run counts for nobody: heartbeats may lie unread behind a check.
 */
export class Registry implements Behaviour<RegistryMessage, Private> {
  readonly parse = messageParser(registryMessageSchema, 'registry');
  readonly #coordinator: string;
  readonly #checkMs: number;
  readonly #members = new Map<string, Member>();
  #checkAt = 0;

  /** `coordinator` is the address of the one beside it; leases are checked every `checkMs`. */
  constructor(coordinator: string, checkMs: number) {
    this.#coordinator = coordinator;
    this.#checkMs = checkMs;
  }

  start(now: number): Effect<Private>[] {
    return [this.#checkLater(now)];
  }

  receive({message}: Delivery<RegistryMessage>, now: number): Effect<Private>[] {
    switch (message.kind) {
      case 'heartbeat':
        return this.#onHeartbeat(message, now);
      case 'goodbye':
        return this.#members.delete(message.address) ? [this.#tell()] : [];
      default:
        return unreachable(message);
    }
  }

  resume(_: Private, now: number): Effect<Private>[] {
    const lateMs = Math.max(0, now - this.#checkAt);
    for (const member of this.#members.values()) member.aliveUntil += lateMs;
    const expired = [...this.#members].filter(([, member]) => member.aliveUntil <= now);
    for (const [address] of expired) this.#members.delete(address);
    return expired.length > 0 ? [this.#tell(), this.#checkLater(now)] : [this.#checkLater(now)];
  }

  /** A device that came back under its name replaces the one that was there. */
  #onHeartbeat({device, leaseMs}: Heartbeat, now: number): Effect<Private>[] {
    const known = this.#members.has(device.address);
    if (!known) {
      for (const [address, member] of this.#members) {
        if (member.device.name === device.name) this.#members.delete(address);
      }
      if (this.#members.size >= membersMax) return [];
    }
    this.#members.set(device.address, {device, aliveUntil: now + leaseMs});
    return known ? [] : [this.#tell()];
  }

  #tell(): Effect<Private> {
    const devices = [...this.#members.values()].map(member => member.device);
    const message: CoordinatorMessage = {kind: 'members', devices};
    return {do: 'send', to: this.#coordinator, message};
  }

  #checkLater(now: number): Effect<Private> {
    this.#checkAt = now + this.#checkMs;
    return {do: 'after', key: 'check', delayMs: this.#checkMs, message: {kind: 'expire'}};
  }
}

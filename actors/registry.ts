import type {AbsentDevice} from '../schemas/cluster-status.js';
import type {DeviceDescription} from '../schemas/device.js';
import type {CoordinatorMessage} from '../schemas/messages/coordinator.js';
import {
  type GivenUp,
  type Heartbeat,
  type RegistryMessage,
  registryMessageSchema,
} from '../schemas/messages/registry.js';
import {unreachable} from '../src/errors.js';
import type {Behaviour, Delivery, Effect, LogEffect} from '../src/kernel/behaviour.js';
import {messageParser} from '../src/kernel/parse-message.js';
import type {LogLevel} from '../src/ports/log.js';
import type {Metric} from '../src/ports/metrics.js';
import {AbsentDevices} from './absent-devices.js';

interface Member {
  readonly device: DeviceDescription;
  /** Addresses of devices of the same name that it took the place of, oldest first. */
  readonly displaced: readonly string[];
  aliveUntil: number;
  stages: readonly string[];
}

type Private = {readonly kind: 'expire'};

/** Devices that one cluster may have. */
const membersMax = 4096;
/** Of devices that a member took the place of, so many are remembered. */
const displacedMax = 16;

/**
 * Knows which devices are alive, by their leases, and tells the coordinator beside it. Time in which
 * this process could not run counts for nobody: heartbeats may lie unread behind a check.
 */
export class Registry implements Behaviour<RegistryMessage, Private> {
  readonly parse = messageParser(registryMessageSchema, 'registry');
  readonly #coordinator: string;
  readonly #checkMs: number;
  readonly #members = new Map<string, Member>();
  readonly #absent = new AbsentDevices();
  #losses = 0;
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
        return this.#onGoodbye(message.address);
      case 'givenUp':
        return this.#onGivenUp(message, now);
      default:
        return unreachable(message);
    }
  }

  resume(_: Private, now: number): Effect<Private>[] {
    const lateMs = Math.max(0, now - this.#checkAt);
    for (const member of this.#members.values()) member.aliveUntil += lateMs;
    const expired = [...this.#members].filter(([, member]) => member.aliveUntil <= now);
    for (const [address, member] of expired) this.#lose(address, member.device.name, now);
    const entries = expired.map(([, {device}]) => entry('warn', 'a device is lost', device));
    const changed = this.#absent.expire(now, lateMs) || expired.length > 0;
    return [...entries, ...(changed ? [this.#tell()] : []), this.#checkLater(now)];
  }

  metrics(now: number): readonly Metric[] {
    const members = [...this.#members.values()];
    const absent = (state: AbsentDevice['state']) =>
      this.#absent.list.filter(device => device.state === state).length;
    const byDevice = (value: (member: Member) => number) =>
      members.map(member => ({labels: {device: member.device.name}, value: value(member)}));
    return [
      {
        type: 'gauge',
        name: 'heterodyne_devices',
        help: 'Devices by state: alive, lost in the last ten minutes, or given up by their nodes.',
        samples: [
          {labels: {state: 'alive'}, value: members.length},
          {labels: {state: 'lost'}, value: absent('lost')},
          {labels: {state: 'givenUp'}, value: absent('givenUp')},
        ],
      },
      {
        type: 'gauge',
        name: 'heterodyne_device_lease_seconds',
        help: 'Time until a device counts as lost, unless it is heard of.',
        samples: byDevice(({aliveUntil}) => Math.max(0, (aliveUntil - now) / 1000)),
      },
      {
        type: 'gauge',
        name: 'heterodyne_device_restarts',
        help: "How often a device's process was started again on its node.",
        samples: byDevice(({device}) => device.restarts),
      },
      {
        type: 'counter',
        name: 'heterodyne_device_losses_total',
        help: 'Leases of devices that ran out.',
        samples: [{labels: {}, value: this.#losses}],
      },
    ];
  }

  #lose(address: string, name: string, now: number): void {
    this.#members.delete(address);
    this.#losses++;
    this.#absent.lost(name, now);
  }

  #onHeartbeat({device, leaseMs, stages}: Heartbeat, now: number): Effect<Private>[] {
    const aliveUntil = now + leaseMs;
    const known = this.#members.get(device.address);
    if (known === undefined) return this.#join({device, aliveUntil, stages});
    known.aliveUntil = aliveUntil;
    if (sameStages(known.stages, stages)) return [];
    known.stages = stages;
    return [this.#tellStages(known)];
  }

  /**
   * A device that came back under its name replaces the one that was there. That one is not heard
   * while the other is: of two that go by one name, the last to come stays.
   */
  #join(newcomer: Omit<Member, 'displaced'>): Effect<Private>[] {
    const {name, address} = newcomer.device;
    const before = [...this.#members.values()].find(({device}) => device.name === name);
    if (before?.displaced.includes(address)) return [];
    if (before !== undefined) this.#members.delete(before.device.address);
    if (this.#members.size >= membersMax) return [];
    const displaced =
      before === undefined ? [] : [...before.displaced, before.device.address].slice(-displacedMax);
    const member = {...newcomer, displaced};
    this.#absent.returned(name);
    this.#members.set(address, member);
    const joined = entry('info', 'a device has joined', newcomer.device);
    return [joined, this.#tell(), ...(member.stages.length > 0 ? [this.#tellStages(member)] : [])];
  }

  #tellStages({device, stages}: Member): Effect<Private> {
    const message: CoordinatorMessage = {kind: 'holds', device: device.address, stages};
    return {do: 'send', to: this.#coordinator, message};
  }

  #onGoodbye(address: string): Effect<Private>[] {
    const member = this.#members.get(address);
    if (member === undefined) return [];
    this.#members.delete(address);
    return [entry('info', 'a device has left', member.device), this.#tell()];
  }

  /** Its node saw the process end: there is no lease to wait for. */
  #onGivenUp({node, devices, why}: GivenUp, now: number): Effect<Private>[] {
    const dead = [...this.#members].filter(([, {device}]) => {
      return device.node === node && devices.includes(device.name);
    });
    for (const [address] of dead) this.#members.delete(address);
    const news = devices.filter(name => this.#absent.givenUp(name, why, now));
    const entries = news.map(device => entry('error', 'a device is given up', {name: device, why}));
    return news.length > 0 || dead.length > 0 ? [...entries, this.#tell()] : [];
  }

  #tell(): Effect<Private> {
    const devices = [...this.#members.values()].map(member => member.device);
    const absent = this.#absent.list;
    const message: CoordinatorMessage = {kind: 'members', devices, absent};
    return {do: 'send', to: this.#coordinator, message};
  }

  #checkLater(now: number): Effect<Private> {
    this.#checkAt = now + this.#checkMs;
    return {do: 'after', key: 'check', delayMs: this.#checkMs, message: {kind: 'expire'}};
  }
}

function sameStages(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((address, at) => address === b[at]);
}

interface Logged {
  readonly name: string;
  readonly restarts?: number;
  readonly why?: string;
}

function entry(level: LogLevel, message: string, {name: device, restarts, why}: Logged): LogEffect {
  return {do: 'log', level, message, fields: {device, restarts, why}};
}

import {ActorSystem, type World} from '../../src/kernel/actor-system.js';
import type {Clock} from '../../src/ports/clock.js';
import type {Log} from '../../src/ports/log.js';
import type {Timer, Timers} from '../../src/ports/timers.js';
import type {Address, Frame, SendOptions} from '../../src/ports/transport.js';
import {SeededRandom} from '../support/seeded-random.js';
import type {Peer} from './simulated-network.js';
import {SimulatedTransport} from './simulated-transport.js';
import type {SimulatedWorld} from './simulated-world.js';

/** Clocks of hosts start anywhere, and run a little too fast or too slow. */
const clockOffsetMsMax = 1_000_000;
const clockDriftMax = 0.005;

/**
 * A process: actors, and a world of its own for them. When it crashes, nothing of it runs any more
 * and nobody is told; while it is paused, what comes for it waits.
 */
export class SimulatedProcess implements Peer {
  readonly name: string;
  readonly world: World;
  readonly system: ActorSystem;
  readonly random: SeededRandom;
  readonly transport: SimulatedTransport;
  readonly #of: SimulatedWorld;
  readonly #clockOffsetMs: number;
  readonly #clockRate: number;
  readonly #timers = new Set<object>();
  #state: 'runs' | 'paused' | 'ended' = 'runs';
  /** When it went on after its last pause, on its own clock. */
  resumedAt = Number.NEGATIVE_INFINITY;
  #backlog: (() => void)[] = [];
  #onEnd: (why: string) => void = () => {};

  constructor(name: string, of: SimulatedWorld) {
    this.name = name;
    this.#of = of;
    this.random = new SeededRandom(Math.floor(of.random.next() * 2 ** 32));
    this.#clockOffsetMs = Math.floor(of.random.next() * clockOffsetMsMax);
    this.#clockRate = 1 + (of.random.next() * 2 - 1) * clockDriftMax;
    this.transport = new SimulatedTransport((to, frame, options) => {
      if (this.alive) of.network.send(this, to, frame, options);
    });
    this.world = {
      transport: this.transport,
      clock: this.#clock(),
      timers: this.#timersOf(),
      log: this.#log(),
    };
    this.system = new ActorSystem(this.world);
    of.network.join(this);
    of.trace.note(name, 'starts');
  }

  get alive(): boolean {
    return this.#state !== 'ended';
  }

  get runs(): boolean {
    return this.#state === 'runs';
  }

  /** Timers that are neither over nor cancelled. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  get connected(): boolean {
    return this.transport.status === 'connected';
  }

  listensAt(address: Address): boolean {
    return this.transport.listensAt(address);
  }

  deliver(address: Address, frame: Frame): void {
    this.transport.deliver(address, frame);
  }

  lost(options: SendOptions): void {
    this.transport.lost(options);
  }

  enter(call: () => void): void {
    if (this.#state === 'runs') call();
    else if (this.#state === 'paused') this.#backlog.push(call);
  }

  /** `call` is told of the end of this process. */
  onEnd(call: (why: string) => void): void {
    this.#onEnd = call;
  }

  crash(why = 'crashes'): void {
    if (!this.alive) return;
    this.#of.trace.note(this.name, why);
    this.#state = 'ended';
    this.#backlog = [];
    this.#timers.clear();
    this.#of.network.leave(this);
    this.#onEnd(why);
  }

  pause(): void {
    if (!this.runs) return;
    this.#of.trace.note(this.name, 'is paused');
    this.#state = 'paused';
  }

  /** What has waited is done in order, before anything that comes from now on. */
  resume(): void {
    if (this.#state !== 'paused') return;
    this.#of.trace.note(this.name, 'goes on');
    this.#state = 'runs';
    this.resumedAt = this.world.clock.now();
    const backlog = this.#backlog;
    this.#backlog = [];
    for (const call of backlog) this.#of.queue.after(0, () => this.enter(call));
  }

  disconnect(): void {
    this.enter(() => this.transport.change('disconnected'));
  }

  reconnect(): void {
    this.enter(() => this.transport.change('connected'));
  }

  /** Settles after a while on this process's clock. */
  delay(delayMs: number): Promise<void> {
    return new Promise(resolve => {
      this.world.timers.after(delayMs, resolve);
    });
  }

  #clock(): Clock {
    return {now: () => this.#clockOffsetMs + this.#of.queue.now * this.#clockRate};
  }

  #timersOf(): Timers {
    return {
      after: (delayMs, call): Timer => {
        if (!this.alive) return {cancel: () => {}};
        const id = {};
        this.#timers.add(id);
        const ring = () => {
          if (this.#timers.delete(id)) call();
        };
        const inner = this.#of.queue.after(delayMs / this.#clockRate, () => this.enter(ring));
        return {
          cancel: () => {
            this.#timers.delete(id);
            inner.cancel();
          },
        };
      },
    };
  }

  #log(): Log {
    return {
      write: (level, message, fields = {}) => {
        this.#of.trace.note(this.name, `${level} ${message} ${JSON.stringify(fields)}`);
        if (message === 'message refused') {
          this.#of.broken.report(
            'actors understand each other',
            `${this.name}: ${fields['reason']}`,
          );
        }
      },
    };
  }
}

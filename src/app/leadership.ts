import {z} from 'zod';
import type {Clock} from '../ports/clock.js';
import type {Log} from '../ports/log.js';
import type {StateStore} from '../ports/state-store.js';
import type {Timer, Timers} from '../ports/timers.js';
import type {Listening} from '../ports/transport.js';

/** A coordinator that leads, until it is told to `stop`. */
export interface Lead extends Listening {
  /** Its lease holds until then, by this process's clock: it stops by itself if it is told too late. */
  renewed(until: number): void;
}

export interface LeadershipOptions {
  readonly state: StateStore;
  /** This coordinator's id. */
  readonly id: string;
  /** A leader that has not renewed its lease for this long has lost it. */
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /**
   * Called when this coordinator begins to lead, at first `until` then; the answer's `stop` when it no
   * longer does. `term` is greater than that of every leader before.
   */
  lead(term: number, until: number): Lead;
}

const leaseKey = 'leader';
/** Holds a lease that was given back. */
const nobody = '';
const leaseSchema = z.object({holder: z.string(), beat: z.number()});

/**
 * One coordinator leads: the one that holds a lease in the state store. Hosts' clocks are never
 * compared: a lease is over when its entry has not changed for `leaseMs` on the observer's own
 * clock, and a holder steps down when it could not renew for two thirds of that on its own.
 */
export class Leadership {
  readonly #options: LeadershipOptions;
  #timer: Timer | undefined;
  /** Ends the lead where the lease was not renewed in time, however long the store takes. */
  #stepDown: Timer | undefined;
  #leading: Lead | undefined;
  #beat = 0;
  /** The revision of what this coordinator wrote last. */
  #written = 0;
  #seen: {readonly revision: number; readonly since: number} | undefined;
  #closed = false;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: LeadershipOptions) {
    this.#options = options;
    this.#turn = this.#take();
  }

  get leads(): boolean {
    return this.#leading !== undefined;
  }

  /** Gives the lease back, so that another coordinator may lead at once. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.#follow('closing');
    await this.#turn;
    if (this.#written > 0) await this.#giveBack();
  }

  async #take(): Promise<void> {
    const {leaseMs, timers, log} = this.#options;
    try {
      await this.#turnOnce();
    } catch (error) {
      log.write('warn', 'the lease could not be read or written', {reason: String(error)});
    }
    if (this.#closed) return;
    this.#timer = timers.after(leaseMs / 4, () => {
      this.#turn = this.#take();
    });
  }

  async #turnOnce(): Promise<void> {
    const {state, id, clock, leaseMs} = this.#options;
    const startedAt = clock.now();
    const stored = await state.get(leaseKey);
    const revision = stored?.revision ?? 0;
    const holder = leaseSchema.safeParse(stored?.value).data?.holder;
    const free = stored === undefined || holder === id || holder === nobody;
    if (!free && !this.#isOver(revision, leaseMs)) {
      this.#follow(`${holder} leads`);
      return;
    }
    if (this.#closed) return;
    const written = await state.put(leaseKey, {holder: id, beat: this.#beat++}, revision);
    if (written === undefined) {
      this.#follow('another coordinator took the lease');
      return;
    }
    this.#written = written;
    if (!this.#closed) this.#renewed(startedAt);
  }

  #isOver(revision: number, leaseMs: number): boolean {
    const now = this.#options.clock.now();
    if (this.#seen?.revision !== revision) this.#seen = {revision, since: now};
    return now - this.#seen.since > leaseMs;
  }

  /** `startedAt`: when the renewal began, since when others may count. */
  #renewed(startedAt: number): void {
    const {clock, timers, leaseMs} = this.#options;
    const until = startedAt + (leaseMs * 2) / 3;
    const leftMs = until - clock.now();
    if (leftMs <= 0) return;
    this.#stepDown?.cancel();
    this.#stepDown = timers.after(leftMs, () => this.#follow('the lease was not renewed'));
    if (this.#leading === undefined) this.#begin(until);
    else this.#leading.renewed(until);
  }

  /** Compare-and-set: nothing changes if another coordinator has taken the lease meanwhile. */
  async #giveBack(): Promise<void> {
    const lease = {holder: nobody, beat: this.#beat++};
    await this.#options.state.put(leaseKey, lease, this.#written).catch(() => {});
  }

  #begin(until: number): void {
    this.#options.log.write('info', 'this coordinator leads', {coordinator: this.#options.id});
    this.#leading = this.#options.lead(this.#written, until);
  }

  #follow(reason: string): void {
    this.#stepDown?.cancel();
    if (this.#leading === undefined) return;
    this.#leading.stop();
    this.#leading = undefined;
    this.#options.log.write('info', 'this coordinator follows', {reason});
  }
}

import test from 'ava';
import type {Attempt} from '../../../actors/gathering.js';
import {KeptStates} from '../../../actors/kept-states.js';
import {InferenceError} from '../../../src/errors.js';
import {SeededRandom} from '../../support/seeded-random.js';
import {tensorOf} from '../../support/tensor-of.js';

/* Attempts come late, twice, or for requests that were cancelled; a sum must be right all the same. */

const seeds = 300;
const eventsPerSeed = 80;

/** An attempt on its way to the stage, and then in its kernel. */
interface Travelling {
  readonly of: Attempt;
  readonly step: number;
  readonly adds: number;
  /** What it goes on from, once it has come. */
  state: number | undefined;
}

/** A client that keeps a sum on a stage; `expected` is what it knows of it. */
class Trial {
  readonly #random: SeededRandom;
  readonly #states = new KeptStates([{name: 's', input: 's', output: 't'}]);
  readonly #travelling: Travelling[] = [];
  #step = 0;
  #expected = 0;
  #request = -1;
  #attempt = 0;
  #adds = 0;
  /** What went wrong, in words. */
  readonly faults: string[] = [];
  steps = 0;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  act(): void {
    const chance = this.#random.next();
    if (this.#request < 0 || chance < 0.15) this.#begin();
    else if (chance < 0.3) this.#again();
    else if (chance < 0.65) this.#arrive();
    else this.#finish();
  }

  /** Another request; the one before it is cancelled, if it still runs. */
  #begin(): void {
    this.#request++;
    this.#attempt = 0;
    this.#adds = this.#random.whole(1, 9);
    this.#again();
  }

  #again(): void {
    const of = {client: 'client.me', request: this.#request, attempt: ++this.#attempt};
    this.#travelling.push({of, step: this.#step, adds: this.#adds, state: undefined});
  }

  #pick(arrived: boolean): Travelling | undefined {
    const those = this.#travelling.filter(({state}) => (state !== undefined) === arrived);
    return those[Math.floor(this.#random.next() * those.length)];
  }

  #arrive(): void {
    const next = this.#pick(false);
    if (next === undefined) return;
    const {of, step} = next;
    const brought = new Map(step === 0 ? [['s', tensorOf('f32', [], [0])]] : []);
    try {
      const entered = this.#states.enter(of, {session: 0, step}, brought, 0);
      next.state = Number(entered.get('s')?.data[0]);
    } catch (error) {
      this.#drop(next);
      const {code} = InferenceError.from(error);
      if (code === 'STATE_LOST' && step !== this.#step) return;
      this.faults.push(`${code} at step ${step} of ${this.#step}`);
    }
    if (next.state !== undefined && step === this.#step && next.state !== this.#expected) {
      this.faults.push(`step ${step} goes on from ${next.state}, expected ${this.#expected}`);
    }
  }

  #finish(): void {
    const ended = this.#pick(true);
    if (ended === undefined) return;
    this.#drop(ended);
    const {of, step, adds, state = 0} = ended;
    const made = new Map([['t', tensorOf('f32', [], [state + adds])]]);
    this.#states.leave(of, {session: 0, step}, made);
    // Its client waits for the last attempt of the last request only.
    if (of.request !== this.#request || of.attempt !== this.#attempt) return;
    this.#expected = state + adds;
    this.#step++;
    this.steps++;
    this.#request++;
    this.#attempt = 0;
    this.#again();
  }

  #drop(travelling: Travelling): void {
    this.#travelling.splice(this.#travelling.indexOf(travelling), 1);
  }
}

test('whatever is late, repeated or cancelled, an inference goes on from what its client knows', t => {
  let steps = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const trial = new Trial(seed);
    for (let event = 0; event < eventsPerSeed; event++) trial.act();
    steps += trial.steps;
    t.deepEqual(trial.faults, [], `seed ${seed}`);
  }
  t.true(steps > seeds, 'trials get somewhere');
});

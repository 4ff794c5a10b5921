import test from 'ava';
import fc from 'fast-check';
import {AdmissionWindow} from '../../../actors/admission-window.js';
import {type Priority, priorities} from '../../../schemas/priority.js';

type Happening =
  | {readonly kind: 'admit'; readonly deployment: string; readonly priority: Priority}
  | {readonly kind: 'leave'; readonly of: number};

const deployment = fc.constantFrom('D1', 'D1', 'D1', 'D1', 'D2', 'D2', 'D3');
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('admit' as const),
      deployment,
      priority: fc.constantFrom(...priorities),
    }),
  },
  {weight: 2, arbitrary: fc.record({kind: fc.constant('leave' as const), of: fc.nat(1000)})},
);

const inFlightMax = 2;
const queuedMax = 8;

interface Request {
  readonly deployment: string;
  readonly priority: Priority;
}

/** A window, and where every request is by a list. */
class Trial {
  readonly #window = new AdmissionWindow({inFlightMax, queuedMax});
  readonly #inside = new Map<number, Request>();
  readonly #waiting = new Map<number, Request>();
  readonly faults: string[] = [];
  #came = 0;

  happen(event: Happening): void {
    if (event.kind === 'admit') this.#admit(event);
    else this.#leave(event.of);
    this.#check(this.#waiting.size <= queuedMax, 'so many wait');
    for (const each of ['D1', 'D2', 'D3']) {
      const inside = countOf(this.#inside, each);
      this.#check(inside <= inFlightMax, 'so many are inside');
      const idle = inside < inFlightMax && countOf(this.#waiting, each) > 0;
      this.#check(!idle, 'nobody waits where there is room');
    }
  }

  #admit(given: Request): void {
    const request = this.#came++;
    const was = new Map(this.#waiting);
    const {place, refused} = this.#window.admit({request, ...given}, 0);
    if (place === 'enters') this.#inside.set(request, given);
    if (place === 'waits') this.#waiting.set(request, given);
    if (refused === undefined) return;
    this.#check(was.size === queuedMax, 'nobody is refused while there are places');
    const own = countOf(was, given.deployment);
    const others = ['D1', 'D2', 'D3'].map(each => countOf(was, each));
    if (place === 'full') {
      this.#check(own + 3 >= Math.max(...others), 'a short line is not refused for a long one');
      return;
    }
    const out = this.#waiting.get(refused.request);
    this.#waiting.delete(refused.request);
    const ofOwn = out?.deployment === given.deployment;
    const left = countOf(this.#waiting, out?.deployment ?? '');
    const fair = ofOwn
      ? priorities.indexOf(out.priority) < priorities.indexOf(given.priority)
      : left >= countOf(this.#waiting, given.deployment);
    this.#check(out !== undefined && fair, 'who is pushed out had more, or was of less priority');
  }

  /** Somebody who is there. */
  #leave(of: number): void {
    const all = [...this.#inside.keys(), ...this.#waiting.keys()];
    const request = all[of % Math.max(all.length, 1)];
    if (request === undefined) return;
    const found = this.#inside.get(request) ?? this.#waiting.get(request);
    this.#inside.delete(request);
    this.#waiting.delete(request);
    const entering = this.#window.leave({deployment: found?.deployment ?? '', request}, 0);
    for (const next of entering) {
      const entrant = this.#waiting.get(next);
      this.#check(entrant !== undefined, 'who enters has waited');
      this.#waiting.delete(next);
      if (entrant !== undefined) this.#inside.set(next, entrant);
    }
  }

  #check(holds: boolean, what: string): void {
    if (!holds) this.faults.push(what);
  }
}

function countOf(requests: ReadonlyMap<number, Request>, wanted: string): number {
  return [...requests.values()].filter(({deployment: of}) => of === wanted).length;
}

test('whoever comes and goes, places are bounded, used, and fairly shared', t => {
  fc.assert(
    fc.property(fc.array(happening, {maxLength: 120, size: 'max'}), happenings => {
      const trial = new Trial();
      for (const event of happenings) trial.happen(event);
      t.deepEqual(trial.faults, []);
    }),
    {numRuns: 300},
  );
});

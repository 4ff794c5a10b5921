import test from 'ava';
import fc from 'fast-check';
import {type Priority, priorities} from '../../../schemas/priority.js';
import {PriorityLine} from '../../../src/kernel/priority-line.js';

/* An item is known by the order in which it came. */

type Happening =
  | {readonly kind: 'add'; readonly priority: Priority}
  | {readonly kind: 'take'}
  | {readonly kind: 'delete'; readonly item: number}
  | {readonly kind: 'pushOut'; readonly below: Priority};

/** Mostly high: a flood in which the others might starve. */
const flood = fc.constantFrom<Priority>(...new Array(8).fill('HIGH'), ...priorities);
const priority = fc.constantFrom(...priorities);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {weight: 5, arbitrary: fc.record({kind: fc.constant('add' as const), priority: flood})},
  {weight: 4, arbitrary: fc.record({kind: fc.constant('take' as const)})},
  {weight: 1, arbitrary: fc.record({kind: fc.constant('delete' as const), item: fc.nat(200)})},
  {
    weight: 1,
    arbitrary: fc.record({kind: fc.constant('pushOut' as const), below: priority}),
  },
);

/** How often in a row takes may find an item of another priority while one waits: 16, and one more
 * where two priorities are due at once. */
const passedOverMax = 17;

/** A line, and what waits in it by a list. */
class Trial {
  readonly #line = new PriorityLine<number>();
  readonly #waiting = new Map<number, Priority>();
  readonly #passed = new Map<Priority, number>();
  readonly faults: string[] = [];
  #came = 0;

  happen(event: Happening): void {
    switch (event.kind) {
      case 'add':
        this.#waiting.set(this.#came, event.priority);
        this.#line.add(this.#came++, event.priority);
        break;
      case 'take':
        this.#take();
        break;
      case 'delete':
        this.#expect('delete', this.#line.delete(event.item), this.#waiting.delete(event.item));
        break;
      case 'pushOut':
        this.#pushOut(event.below);
        break;
    }
    this.#expect('size', this.#line.size, this.#waiting.size);
    for (const each of priorities) if (this.#of(each).length === 0) this.#passed.delete(each);
  }

  #take(): void {
    const taken = this.#line.take();
    const of = taken === undefined ? undefined : this.#waiting.get(taken);
    if (taken === undefined || of === undefined) {
      this.#expect('nothing is taken where nothing waits', this.#waiting.size, 0);
      return;
    }
    this.#expect('the first of its priority is taken', taken, this.#of(of)[0]);
    const highest = priorities.findLast(each => this.#of(each).length > 0);
    const due = of === highest || (this.#passed.get(of) ?? 0) >= 16;
    this.#expect('a lower one only in its turn', due, true);
    for (const each of priorities) {
      if (each === of || this.#of(each).length === 0) continue;
      const passed = (this.#passed.get(each) ?? 0) + 1;
      this.#passed.set(each, passed);
      const isHighest = each === highest;
      this.#expect('nobody is passed over for long', isHighest || passed <= passedOverMax, true);
    }
    this.#passed.set(of, 0);
    this.#waiting.delete(taken);
  }

  #pushOut(below: Priority): void {
    const lower = priorities.slice(0, priorities.indexOf(below));
    const from = lower.find(each => this.#of(each).length > 1);
    const expected = from === undefined ? undefined : this.#of(from).at(-1);
    this.#expect('who is pushed out', this.#line.pushOut(below), expected);
    if (expected !== undefined) this.#waiting.delete(expected);
  }

  #of(wanted: Priority): readonly number[] {
    return [...this.#waiting].flatMap(([item, each]) => (each === wanted ? [item] : []));
  }

  #expect(what: string, given: unknown, expected: unknown): void {
    if (given !== expected) this.faults.push(`${what}: expected ${expected}, given ${given}`);
  }
}

test('whatever comes and goes, priorities are kept and none starves', t => {
  fc.assert(
    fc.property(fc.array(happening, {maxLength: 300, size: 'max'}), happenings => {
      const trial = new Trial();
      for (const event of happenings) trial.happen(event);
      t.deepEqual(trial.faults, []);
    }),
    {numRuns: 300},
  );
});

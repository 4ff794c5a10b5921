import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {Leadership} from '../../../src/app/leadership.js';
import {silentLog} from '../../../src/ports/log.js';
import {createMemoryStateStore} from '../../../src/wire/memory-state-store.js';
import {SeededRandom} from '../../support/seeded-random.js';
import {SlowStateStore} from '../../support/slow-state-store.js';
import {VirtualWorld} from '../../support/virtual-world.js';

const leaseMs = 3000;

interface Contender {
  readonly leadership: Leadership;
  /** Its way to the store. */
  readonly way: SlowStateStore;
}

/** Coordinators that would lead, over one store, each on a way of its own. */
class Contest {
  readonly world = new VirtualWorld();
  readonly store = createMemoryStateStore();
  /** Who leads now, and whoever did. */
  readonly leading = new Set<string>();
  readonly led: string[] = [];
  /** Whether two have ever led at once. */
  twoLed = false;
  readonly #random: SeededRandom;

  constructor(seed = 1) {
    this.#random = new SeededRandom(seed);
  }

  enter(id: string, delayMs = 0): Contender {
    const {clock, timers} = this.world;
    const way = new SlowStateStore(this.store, timers, this.#random);
    way.delayMsMin = delayMs;
    way.delayMsMax = delayMs;
    const options = {state: way, id, leaseMs, clock, timers, log: silentLog};
    return {way, leadership: new Leadership({...options, lead: () => this.#lead(id)})};
  }

  async close({leadership}: Contender): Promise<void> {
    const closed = leadership.close();
    await this.world.settle();
    await closed;
  }

  #lead(id: string) {
    this.leading.add(id);
    this.led.push(id);
    this.twoLed ||= this.leading.size > 1;
    return {stop: () => this.leading.delete(id), renewed: () => {}};
  }
}

function leads(t: ExecutionContext, contest: Contest, ...expected: readonly string[]): void {
  t.deepEqual([...contest.leading], expected);
  t.false(contest.twoLed);
}

test('the first leads at once, and the others follow', async t => {
  const contest = new Contest();
  const first = contest.enter('a');
  await contest.world.settle();
  const second = contest.enter('b');
  await contest.world.advance(60_000);
  leads(t, contest, 'a');
  t.true(first.leadership.leads);
  t.false(second.leadership.leads);
  t.deepEqual(contest.led, ['a'], 'without a gap');
});

test('of two that come at once, one leads', async t => {
  const contest = new Contest();
  contest.enter('a');
  contest.enter('b');
  await contest.world.advance(60_000);
  t.is(contest.leading.size, 1);
  t.false(contest.twoLed);
});

test('another leads soon after the lease of one that fell silent is over', async t => {
  const contest = new Contest();
  const {way} = contest.enter('a');
  await contest.world.settle();
  contest.enter('b');
  await contest.world.advance(10_000);
  way.hanging = true;
  await contest.world.advance(leaseMs - leaseMs / 4);
  leads(t, contest);
  await contest.world.advance(leaseMs);
  leads(t, contest, 'b');
});

for (const trouble of ['failing', 'hanging'] as const) {
  test(`one whose store is ${trouble} steps down well within its lease`, async t => {
    const contest = new Contest();
    const {way, leadership} = contest.enter('a');
    await contest.world.advance(10_000);
    way[trouble] = true;
    await contest.world.advance(leaseMs / 4);
    t.true(leadership.leads);
    await contest.world.advance(leaseMs / 2);
    t.false(leadership.leads);
    leads(t, contest);
  });
}

test('one whose store is back leads again', async t => {
  const contest = new Contest();
  const {way} = contest.enter('a');
  await contest.world.settle();
  way.failing = true;
  await contest.world.advance(20_000);
  leads(t, contest);
  way.failing = false;
  await contest.world.advance(leaseMs + leaseMs / 2);
  leads(t, contest, 'a');
});

test('one whose store is slow, but not too slow, leads without a gap', async t => {
  const contest = new Contest();
  contest.enter('a', 100);
  await contest.world.advance(60_000);
  leads(t, contest, 'a');
  t.deepEqual(contest.led, ['a']);
});

test('one whose store is too slow to hold a lease does not lead for a moment', async t => {
  const contest = new Contest();
  contest.enter('a', leaseMs / 3);
  await contest.world.advance(60_000);
  t.deepEqual(contest.led, []);
});

test('a lease that is given back is taken at the next look', async t => {
  const contest = new Contest();
  const first = contest.enter('a');
  await contest.world.settle();
  contest.enter('b');
  await contest.world.advance(10_000);
  await contest.close(first);
  leads(t, contest);
  await contest.world.advance(leaseMs / 4);
  leads(t, contest, 'b');
});

test('one that closes leads no more from that moment on', async t => {
  const contest = new Contest();
  const {leadership} = contest.enter('a');
  await contest.world.settle();
  const closed = leadership.close();
  leads(t, contest);
  await contest.world.settle();
  await closed;
});

test('one that closes leaves the lease of another alone', async t => {
  const contest = new Contest();
  const first = contest.enter('a');
  await contest.world.settle();
  contest.enter('b');
  first.way.failing = true;
  await contest.world.advance(10_000);
  leads(t, contest, 'b');
  first.way.failing = false;
  await contest.close(first);
  contest.enter('c');
  await contest.world.advance(10_000);
  leads(t, contest, 'b');
});

test('whatever was on its way, one that has closed does not lead, and leaves no timer', async t => {
  const contest = new Contest();
  const {leadership} = contest.enter('a', 300);
  await contest.world.advance(700);
  const closed = leadership.close();
  await contest.world.advance(leaseMs);
  await closed;
  t.deepEqual(contest.led, []);
  t.is(contest.world.timers.pending, 0);
  contest.enter('b');
  await contest.world.settle();
  leads(t, contest, 'b');
});

test('an entry that makes no sense is a lease like any other', async t => {
  const contest = new Contest();
  await contest.store.put('leader', 'nonsense', 0);
  contest.enter('a');
  await contest.world.advance(leaseMs);
  leads(t, contest);
  await contest.world.advance(leaseMs / 2);
  leads(t, contest, 'a');
});

/** What may happen to one of three: to its store, or that it closes and comes back. */
const turn = fc.record({
  who: fc.nat(2),
  what: fc.constantFrom('slow', 'very slow', 'failing', 'hanging', 'well', 'closed'),
  passMs: fc.constantFrom(100, 700, 2000, 5000),
});
const delaysMsMax: Readonly<Record<string, number>> = {slow: 500, 'very slow': 4000};

test('there are never two leaders at once, and there is one when all is well', async t => {
  let leadersSeen = 0;
  const property = async (
    turns: readonly {who: number; what: string; passMs: number}[],
    seed: number,
  ) => {
    const contest = new Contest(seed);
    const contenders = ['a', 'b', 'c'].map(id => contest.enter(id));
    for (const [at, {who, what, passMs}] of turns.entries()) {
      const {way, leadership} = contenders[who] as Contender;
      way.delayMsMax = delaysMsMax[what] ?? 0;
      way.failing = what === 'failing';
      way.hanging = what === 'hanging';
      if (what === 'closed') {
        void leadership.close();
        contenders[who] = contest.enter(`${who}-${at}`);
      }
      await contest.world.advance(passMs);
    }
    for (const {way} of contenders) {
      way.delayMsMax = 0;
      way.failing = false;
      way.hanging = false;
    }
    contest.enter('last');
    await contest.world.advance(leaseMs * 4);
    leadersSeen += contest.led.length;
    return !contest.twoLed && contest.leading.size === 1;
  };
  const turns = fc.array(turn, {maxLength: 25, size: 'max'});
  await fc.assert(fc.asyncProperty(turns, fc.nat(), property), {numRuns: 60});
  t.true(leadersSeen > 120, 'the lead went from one to another');
});

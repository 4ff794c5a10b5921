import test from 'ava';
import fc from 'fast-check';
import {type Priority, priorities} from '../../../schemas/priority.js';
import {Pipeline} from '../../support/pipeline.js';
import {chain, diamondWithSkip, twoOutputs} from '../../support/stage-graphs.js';

/* Cancellation reaches every stage of a request, and frees its place there. */

const first = 'stage.D1.0.0.0';
const second = 'stage.D1.0.1.0';

async function loads(pipeline: Pipeline): Promise<Readonly<Record<string, number>>> {
  const stats = Object.entries(await pipeline.stats());
  return Object.fromEntries(stats.map(([address, {load}]) => [address, load]));
}

test('cancelled requests leave the queue of a slow second stage, and that of the first', async t => {
  const pipeline = new Pipeline(chain(), {queuedMax: 2});
  const requests = [1, 2, 3].map(x => pipeline.submit(x));
  for (const _ of requests) {
    await pipeline.world.settle();
    pipeline.workAt(first);
  }
  requests.push(...[4, 5, 6].map(x => pipeline.submit(x)));
  await pipeline.world.settle();
  t.deepEqual(await loads(pipeline), {[first]: 3, [second]: 3}, 'one runs and two wait at each');
  for (const request of requests) pipeline.cancel(request);
  t.deepEqual(await loads(pipeline), {[first]: 1, [second]: 1}, 'kernels that run go on');
  const later = [7, 8].map(x => pipeline.submit(x));
  await pipeline.workAll();
  t.deepEqual(
    [...requests, ...later].map(request => pipeline.endOf(request)),
    [...requests.map(() => 'CANCELLED'), {y: 7}, {y: 8}],
  );
  const {[first]: atFirst, [second]: atSecond} = await pipeline.stats();
  t.like(atFirst, {load: 0, refused: 0}, 'there was room at once');
  t.like(atSecond, {load: 0, refused: 0, cancelled: 6, executed: 2}, 'what waited did not run');
});

test('what a cancelled request was doing at the first stage does not reach the second', async t => {
  const pipeline = new Pipeline(chain());
  const request = pipeline.submit(1);
  await pipeline.world.settle();
  pipeline.cancel(request);
  await pipeline.world.settle();
  pipeline.workAt(first);
  t.deepEqual(await loads(pipeline), {[first]: 0, [second]: 0});
  t.is(pipeline.kernels.get(second)?.tasks.length, 0);
});

type Happening =
  | {readonly kind: 'submit'; readonly priority: Priority; readonly timeoutMs: number}
  | {readonly kind: 'cancel' | 'work'; readonly of: number}
  | {readonly kind: 'advance'; readonly ms: number};

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      priority: fc.constantFrom(...priorities),
      timeoutMs: fc.constantFrom(20, 60_000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('cancel' as const, 'work' as const),
      of: fc.nat(1000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({kind: fc.constant('advance' as const), ms: fc.constantFrom(5, 50, 600)}),
  },
);

const queuedMax = 2;

/** Stages whose kernels end when they are told to. */
class Trial {
  readonly pipeline: Pipeline;
  readonly #addresses: readonly string[];
  readonly #requests: number[] = [];

  constructor(build: typeof chain) {
    this.pipeline = new Pipeline(build(), {queuedMax});
    this.#addresses = [...this.pipeline.kernels.keys()];
  }

  async happen(event: Happening): Promise<void> {
    switch (event.kind) {
      case 'submit':
        this.#requests.push(this.pipeline.submit(1, event.timeoutMs, event.priority));
        break;
      case 'cancel':
        this.pipeline.cancel(event.of % (this.#requests.length + 1));
        break;
      case 'work':
        this.pipeline.workAt(this.#addresses[event.of % this.#addresses.length] ?? '');
        break;
      case 'advance':
        await this.pipeline.world.advance(event.ms);
        break;
    }
    await this.pipeline.world.settle();
  }

  /** Cancels all that has not ended. */
  async cancelAll(): Promise<void> {
    for (const request of this.#requests) this.pipeline.cancel(request);
    await this.pipeline.world.settle();
  }

  /** Of the stage that has most. */
  async loadMax(): Promise<number> {
    return Math.max(...Object.values(await loads(this.pipeline)));
  }

  get unsettled(): readonly number[] {
    return this.#requests.filter(request => this.pipeline.endOf(request) === undefined);
  }
}

test('whatever requests were cancelled when, no place stays taken at any stage', async t => {
  const happenings = fc.array(happening, {maxLength: 40, size: 'max'});
  const build = fc.constantFrom(chain, diamondWithSkip, twoOutputs);
  await fc.assert(
    fc.asyncProperty(build, happenings, async (built, events) => {
      const trial = new Trial(built);
      for (const event of events) {
        await trial.happen(event);
        t.true((await trial.loadMax()) <= queuedMax + 1, 'places are bounded');
      }
      await trial.cancelAll();
      t.true((await trial.loadMax()) <= 1, 'only what runs is left');
      await trial.pipeline.workAll();
      t.is(await trial.loadMax(), 0);
      t.deepEqual(trial.unsettled, []);
      const request = trial.pipeline.submit(1);
      await trial.pipeline.workAll();
      t.is(typeof trial.pipeline.endOf(request), 'object', 'it serves as at first');
    }),
    {numRuns: 60},
  );
});

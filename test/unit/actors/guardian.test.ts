import test from 'ava';
import {Guardian, type GuardianEvent} from '../../../actors/guardian.js';
import {BareActor} from '../../support/bare-actor.js';

function guarding(...children: readonly string[]): BareActor<never, unknown> {
  return new BareActor(
    new Guardian({
      children,
      executor: 'processes',
      restartDelayMsMin: 100,
      restartDelayMsMax: 500,
      restartsMax: 4,
      windowMs: 60_000,
    }),
  );
}

/** The oldest child ends. */
function end(guardian: BareActor<never, unknown>, why = 'exit code 1'): GuardianEvent | undefined {
  guardian.settle({ok: true, value: why});
  return guardian.events.at(-1) as GuardianEvent | undefined;
}

test('every child is started', t => {
  const guardian = guarding('CPU', 'WASM');
  t.deepEqual(
    guardian.running.map(({task}) => task),
    ['CPU', 'WASM'],
  );
});

test('a child that ended is started again after a while that its host is told', t => {
  const guardian = guarding('CPU');
  t.deepEqual(end(guardian), {
    kind: 'restarting',
    child: 'CPU',
    delayMs: 100,
    why: 'exit code 1',
  });
  guardian.advance(99);
  t.is(guardian.running.length, 0);
  guardian.advance(1);
  t.is(guardian.running.length, 1);
});

test('the wait doubles with every end, up to a bound', t => {
  const guardian = guarding('CPU');
  const delays: unknown[] = [];
  for (let ends = 0; ends < 4; ends++) {
    const event = end(guardian);
    delays.push(event?.kind === 'restarting' ? event.delayMs : event);
    guardian.advance(1000);
  }
  t.deepEqual(delays, [100, 200, 400, 500]);
});

test('a child that ends too often is given up, and the others are kept', t => {
  const guardian = guarding('CPU');
  for (let ends = 0; ends < 4; ends++) {
    end(guardian);
    guardian.advance(1000);
  }
  t.deepEqual(end(guardian, 'again'), {kind: 'givenUp', child: 'CPU', why: 'again'});
  guardian.advance(100_000);
  t.is(guardian.running.length, 0);

  const two = guarding('CPU', 'WASM');
  t.like(end(two), {child: 'CPU', delayMs: 100});
  t.like(end(two), {child: 'WASM', delayMs: 100}, 'each with its own count');
});

test('ends of long ago no longer count', t => {
  const guardian = guarding('CPU');
  for (let ends = 0; ends < 20; ends++) {
    t.like(end(guardian), {kind: 'restarting'});
    guardian.advance(20_000);
  }
});

test('why a child could not be started is told', t => {
  const guardian = guarding('CPU');
  guardian.settle({ok: false, error: new Error('no such program')});
  t.like(guardian.events[0], {kind: 'restarting', why: 'no such program'});
});

test('a guardian takes no messages', t => {
  t.like(
    t.throws(() => guarding('CPU').receive({kind: 'stop'})),
    {code: 'INVALID_FRAME'},
  );
});

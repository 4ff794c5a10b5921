import test from 'ava';
import {InferenceError} from '../../../src/errors.js';
import {ActorSystem} from '../../../src/kernel/actor-system.js';
import type {Behaviour, Delivery, Effect, Outcome} from '../../../src/kernel/behaviour.js';
import {ManualExecutor} from '../../support/manual-executor.js';
import {plainFrame} from '../../support/sample-tensors.js';
import {tensorOf} from '../../support/tensor-of.js';
import {VirtualWorld} from '../../support/virtual-world.js';

type Effects = readonly Effect<unknown>[];

/** An actor that does what it is told and keeps what it hears. */
class Puppet implements Behaviour {
  readonly heard: unknown[] = [];
  readonly at: number[] = [];
  readonly #first: Effects;
  readonly #last: Effects;
  /** What it does when it hears something. */
  answer: (message: unknown) => Effects = () => [];

  constructor(first: Effects = [], last: Effects = []) {
    this.#first = first;
    this.#last = last;
  }

  parse(message: unknown): unknown {
    if (isNonsense(message)) throw new InferenceError('INVALID_FRAME', 'that is nonsense');
    return message;
  }

  start(): Effects {
    return this.#first;
  }

  receive({message}: Delivery<unknown>, now: number): Effects {
    return this.#hear(message, now);
  }

  resume(message: unknown, now: number): Effects {
    return this.#hear(message, now);
  }

  lost(token: string, now: number): Effects {
    return this.#hear(`lost ${token}`, now);
  }

  stopped(): Effects {
    return this.#last;
  }

  #hear(message: unknown, now: number): Effects {
    this.heard.push(message);
    this.at.push(now);
    return this.answer(message);
  }
}

function isNonsense(message: unknown): boolean {
  return message === 'nonsense' || (message as {kind?: unknown}).kind === 'nonsense';
}

/** A puppet that also hears what could not be sent. */
class Listener extends Puppet {
  unsent(token: string, error: InferenceError): Effects {
    this.heard.push(`unsent ${token} ${error.code}`);
    return [];
  }
}

const after = (key: string, delayMs: number, message: unknown): Effect<unknown> => ({
  do: 'after',
  key,
  delayMs,
  message,
});
const send = (to: string, message: unknown, token?: string): Effect => ({
  do: 'send',
  to,
  message,
  ...(token === undefined ? {} : {token}),
});
const emit = (event: unknown): Effect => ({do: 'emit', event});
const run = (executor: string, task: unknown): Effect<unknown> => ({
  do: 'run',
  executor,
  task,
  settled: (outcome: Outcome) => outcome,
});

function staged() {
  const world = new VirtualWorld();
  return {world, system: new ActorSystem(world)};
}

test('effects are done in the order in which they are returned', async t => {
  const {world, system} = staged();
  const events: unknown[] = [];
  const puppet = new Puppet([emit(1), send('b', 'first'), emit(2), send('b', 'second'), emit(3)]);
  const other = new Puppet();
  system.spawn('b', other);
  system.spawn('a', puppet, event => events.push(event));
  await world.settle();
  t.deepEqual(events, [1, 2, 3]);
  t.deepEqual(other.heard, ['first', 'second']);
});

test('tensors travel beside a message, owned only where the effect says so', async t => {
  const {world, system} = staged();
  const tensors = new Map([['x', tensorOf('f32', [1], [7])]]);
  system.spawn('a', new Puppet([{do: 'send', to: 'b', message: 1, tensors, owned: true}]));
  system.spawn('c', new Puppet([{do: 'send', to: 'b', message: 2, tensors}]));
  await world.settle();
  t.deepEqual(
    world.transport.sent.map(({owned, tensors: sent}) => [owned, sent.get('x')?.data]),
    [
      [true, Float32Array.of(7)],
      [false, Float32Array.of(7)],
    ],
  );
});

test('a timer brings its message when it is due, with the time at which it came', async t => {
  const {world, system} = staged();
  const puppet = new Puppet([after('late', 20, 'late'), after('early', 10, 'early')]);
  system.spawn('a', puppet);
  const start = world.clock.now();
  await world.advance(9);
  t.deepEqual(puppet.heard, []);
  await world.advance(11);
  t.deepEqual(puppet.heard, ['early', 'late']);
  t.deepEqual(puppet.at, [start + 10, start + 20]);
});

test('a timer is replaced by another of its key', async t => {
  const {world, system} = staged();
  const puppet = new Puppet([after('key', 10, 'first'), after('key', 30, 'second')]);
  system.spawn('a', puppet);
  await world.advance(100);
  t.deepEqual(puppet.heard, ['second']);
});

test('a cancelled timer brings nothing, and cancelling what is not there is nothing', async t => {
  const {world, system} = staged();
  const cancel = (key: string): Effect => ({do: 'cancelTimer', key});
  const puppet = new Puppet([after('key', 10, 'x'), cancel('key'), cancel('unknown')]);
  system.spawn('a', puppet);
  await world.advance(100);
  t.deepEqual(puppet.heard, []);
  t.is(world.timers.pending, 0);
});

test('a message that does not parse is logged and dropped', async t => {
  const {world, system} = staged();
  const puppet = new Puppet();
  system.spawn('a', puppet);
  world.transport.send('a', plainFrame('nonsense'));
  world.transport.send('a', plainFrame('sense'));
  await world.settle();
  t.deepEqual(puppet.heard, ['sense']);
  t.like(world.log.lines[0], {level: 'warn', fields: {address: 'a', reason: 'that is nonsense'}});
});

test('a question that does not parse is answered with what is wrong about it', async t => {
  const {world, system} = staged();
  const [asker, asked] = [new Puppet(), new Puppet()];
  system.spawn('a', asker);
  system.spawn('b', asked);
  world.transport.send('b', plainFrame({kind: 'nonsense', ask: {from: 'a', id: 7}}));
  await world.settle();
  t.deepEqual(asked.heard, []);
  const error = {code: 'INVALID_FRAME', message: 'that is nonsense', place: {}};
  t.deepEqual(asker.heard, [{kind: 'reply', id: 7, ok: false, error}]);
});

test('a stopped actor hears nothing more and leaves no timer', async t => {
  const {world, system} = staged();
  const puppet = new Puppet([after('key', 10, 'timer')]);
  system.spawn('a', puppet);
  world.transport.send('a', plainFrame('on its way'));
  system.stop('a');
  t.is(world.timers.pending, 0);
  await world.advance(100);
  t.deepEqual(puppet.heard, []);
  t.false(system.tell('a', 'anything'));
});

test('timers that an actor sets as it stops do not outlive it', async t => {
  const {world, system} = staged();
  system.spawn('last', new Puppet([], [after('key', 10, 'x')]));
  system.stop('last');
  system.spawn('itself', new Puppet([{do: 'stop', address: 'itself'}, after('key', 10, 'x')]));
  t.is(world.timers.pending, 0);
});

test('the end of a task reaches no actor that was stopped meanwhile', async t => {
  const {world, system} = staged();
  const executor = new ManualExecutor();
  system.provide('work', executor);
  const puppet = new Puppet([run('work', 1)]);
  system.spawn('a', puppet);
  system.stop('a');
  executor.finish('done');
  await world.settle();
  t.deepEqual(puppet.heard, []);
});

test('a loss told after the stop is not heard', async t => {
  const {world, system} = staged();
  const puppet = new Puppet([send('nobody', 1, 'tok')]);
  system.spawn('a', puppet);
  system.stop('a');
  await world.settle();
  t.deepEqual(puppet.heard, []);
});

test('the last words of a stopped actor are sent', async t => {
  const {world, system} = staged();
  const other = new Puppet();
  system.spawn('b', other);
  system.spawn('a', new Puppet([], [send('b', 'goodbye')]));
  system.stop('a');
  await world.settle();
  t.deepEqual(other.heard, ['goodbye']);
});

test('an actor replaces the one that was at its address', async t => {
  const {world, system} = staged();
  const [first, second] = [new Puppet([after('key', 10, 'timer')]), new Puppet()];
  system.spawn('a', first);
  system.spawn('a', second);
  world.transport.send('a', plainFrame('hello'));
  await world.advance(100);
  t.deepEqual(first.heard, []);
  t.deepEqual(second.heard, ['hello']);
});

test('an actor spawns and stops others', async t => {
  const {world, system} = staged();
  const child = new Puppet();
  const parent = new Puppet([{do: 'spawn', address: 'child', behaviour: child}]);
  parent.answer = () => [{do: 'stop', address: 'child'}];
  system.spawn('parent', parent);
  world.transport.send('child', plainFrame(1));
  await world.settle();
  system.tell('parent', 'enough');
  world.transport.send('child', plainFrame(2));
  await world.settle();
  t.deepEqual(child.heard, [1]);
});

test('close stops every actor, the last one first', async t => {
  const {world, system} = staged();
  const other = new Puppet();
  world.transport.listen('out', {deliver: ({message}) => other.receive(deliveryOf(message), 0)});
  system.spawn('a', new Puppet([], [send('out', 'a')]));
  system.spawn('b', new Puppet([], [send('out', 'b')]));
  system.close();
  await world.settle();
  t.deepEqual(other.heard, ['b', 'a']);
});

test('an alias is a second address until it is stopped', async t => {
  const {world, system} = staged();
  const puppet = new Puppet();
  system.spawn('a', puppet);
  const alias = system.alias('a', 'second');
  world.transport.send('second', plainFrame(1));
  await world.settle();
  alias.stop();
  alias.stop();
  world.transport.send('second', plainFrame(2));
  world.transport.send('a', plainFrame(3));
  await world.settle();
  t.deepEqual(puppet.heard, [1, 3]);
});

test('an alias ends with its actor, and is nothing where there is none', async t => {
  const {world, system} = staged();
  const puppet = new Puppet();
  system.spawn('a', puppet);
  system.alias('a', 'second');
  system.stop('a');
  world.transport.send('second', plainFrame(1));
  await world.settle();
  t.deepEqual(puppet.heard, []);
  t.notThrows(() => system.alias('nobody', 'second').stop());
});

test('a message that reached nobody is told by its token, if it has one', async t => {
  const {world, system} = staged();
  const puppet = new Puppet([send('nobody', 1), send('nobody', 2, 'tok')]);
  system.spawn('a', puppet);
  await world.settle();
  t.deepEqual(puppet.heard, ['lost tok']);
});

test('what cannot be sent is told as unsent, or as lost where unsent is not heard', async t => {
  const {world, system} = staged();
  const tensors = new Map([['x', {type: 'f32' as const, shape: [9], data: Float32Array.of(1)}]]);
  const bad: Effect = {do: 'send', to: 'b', message: 1, tensors, token: 'tok'};
  const [hears, loses] = [new Listener([bad]), new Puppet([bad])];
  system.spawn('a', hears);
  system.spawn('c', loses);
  t.deepEqual(hears.heard, ['unsent tok INVALID_FRAME']);
  t.deepEqual(loses.heard, ['lost tok']);
  system.spawn('d', new Puppet([{do: 'send', to: 'b', message: 1, tensors}]));
  await world.settle();
  t.is(world.log.lines.length, 3);
});

test('what a task comes to is told, well or not', async t => {
  const {world, system} = staged();
  const executor = new ManualExecutor(2);
  const puppet = new Puppet([run('work', 'a'), run('work', 'b')]);
  system.provide('work', executor);
  system.spawn('a', puppet);
  const error = new Error('broke');
  executor.finish(42);
  executor.fail(error);
  await world.settle();
  t.deepEqual(executor.tasks, ['a', 'b']);
  t.deepEqual(puppet.heard, [
    {ok: true, value: 42},
    {ok: false, error},
  ]);
});

test('an executor that throws has failed its task, and nothing else', async t => {
  const {world, system} = staged();
  const error = new Error('thrown, not rejected');
  const run1 = () => {
    throw error;
  };
  system.provide('rude', {slots: 1, run: run1, close: async () => {}});
  const puppet = new Puppet([run('rude', 'a'), after('key', 1, 'alive')]);
  system.spawn('a', puppet);
  await world.advance(1);
  t.deepEqual(puppet.heard, [{ok: false, error}, 'alive']);
});

test('a task for an executor that is not there, or no more, ends with RELEASED', async t => {
  const {world, system} = staged();
  system.provide('gone', new ManualExecutor());
  system.withdraw('gone');
  const puppet = new Puppet([run('never', 1), run('gone', 2)]);
  system.spawn('a', puppet);
  t.deepEqual(puppet.heard, [], 'not while it still returns effects');
  await world.settle();
  t.like(puppet.heard, [
    {ok: false, error: {code: 'RELEASED'}},
    {ok: false, error: {code: 'RELEASED'}},
  ]);
});

test('what a host tells an actor inside an event waits until its effects are done', t => {
  const {world, system} = staged();
  const puppet = new Puppet();
  puppet.answer = message =>
    message === 'go' ? [emit('event'), after('key', 10, 'old')] : [{do: 'cancelTimer', key: 'key'}];
  system.spawn('a', puppet, () => {
    t.true(system.tell('a', 'told'));
    t.deepEqual(puppet.heard, ['go'], 'one message is handled to its end before the next');
  });
  system.tell('a', 'go');
  t.deepEqual(puppet.heard, ['go', 'told']);
  t.is(world.timers.pending, 0, 'the timer was set before it was cancelled');
});

test('a host may stop an actor inside an event', t => {
  const {world, system} = staged();
  const puppet = new Puppet();
  puppet.answer = () => [emit('event'), after('key', 10, 'x')];
  system.spawn('a', puppet, () => {
    system.tell('a', 'too late');
    system.stop('a');
  });
  system.tell('a', 'go');
  t.deepEqual(puppet.heard, ['go']);
  t.is(world.timers.pending, 0);
});

test("a behaviour's bug is not hidden, and the actor goes on with the next message", t => {
  const {system} = staged();
  const puppet = new Puppet();
  puppet.answer = message => {
    if (message === 'bug') throw new RangeError('bug');
    return [];
  };
  system.spawn('a', puppet);
  t.throws(() => system.tell('a', 'bug'), {instanceOf: RangeError});
  system.tell('a', 'next');
  t.deepEqual(puppet.heard, ['bug', 'next']);
});

function deliveryOf(message: unknown): Delivery<unknown> {
  return {message, tensors: new Map(), owned: false};
}

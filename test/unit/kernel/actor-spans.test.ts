import test from 'ava';
import {ActorSystem} from '../../../src/kernel/actor-system.js';
import type {Behaviour, Effect} from '../../../src/kernel/behaviour.js';
import type {EndedSpan} from '../../../src/ports/span-recorder.js';
import {VirtualWorld} from '../../support/virtual-world.js';

const span: EndedSpan = {
  name: 'stage a',
  parent: {traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'},
  startedAt: 1,
  endedAt: 2,
  attributes: {},
};
const behaviour: Behaviour = {
  parse: message => message,
  start: (): readonly Effect<unknown>[] => [{do: 'span', span}],
  receive: () => [],
};

test('a span of an actor goes to whoever records those of its process', t => {
  const spans: EndedSpan[] = [];
  const {clock, timers, transport, log} = new VirtualWorld();
  const recorder = {record: (each: EndedSpan) => void spans.push(each)};
  const system = new ActorSystem({clock, timers, transport, log, spans: recorder});
  t.true(system.traces);
  system.spawn('a', behaviour);
  t.deepEqual(spans, [span]);
});

test('a span goes nowhere in a process that does not trace', t => {
  const system = new ActorSystem(new VirtualWorld());
  t.false(system.traces);
  t.notThrows(() => system.spawn('a', behaviour));
});

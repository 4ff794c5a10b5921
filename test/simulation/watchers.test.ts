import {readFileSync} from 'node:fs';
import test from 'ava';
import type {Output} from '../../schemas/messages/client.js';
import type {Heartbeat} from '../../schemas/messages/registry.js';
import type {Infer} from '../../schemas/messages/stage.js';
import type {NamedTensors} from '../../schemas/tensor.js';
import {mergeTensors, splitTensors} from '../../src/app/batch-tensors.js';
import {InferenceError, invariant} from '../../src/errors.js';
import {Cluster} from './cluster.js';
import {sameValue} from './network-shelf.js';
import {networks} from './networks.js';
import {everyMemberIsUsed, everyVariantIsThere, neverHappens} from './properties.js';
import type {Scenario} from './scenario.js';
import {scenarios} from './scenarios.js';
import {simulate} from './simulate.js';
import {SimulatedProcess} from './simulated-process.js';
import {SimulatedWorld} from './simulated-world.js';

function scenarioOf(name: string): Scenario {
  const scenario = scenarios.find(each => each.name === name);
  invariant(scenario !== undefined, `there is a scenario ${name}`);
  return scenario;
}

/** A cluster in which nobody has started, and a client's process with one request of 100 ms. */
function withRequest() {
  const world = new SimulatedWorld(1, {trace: true});
  const cluster = new Cluster(scenarios[0] as Scenario, world);
  const process = new SimulatedProcess('client', world);
  const network = cluster.networkOf(networks['chain']?.graph.name ?? '');
  const inputs = new Map([['x', cluster.shelf.input(network, 'x')]]);
  const expected = cluster.shelf.compute(network, inputs);
  const deadlineAt = process.world.clock.now() + 100;
  cluster.ledger.submitted({
    client: 'client.a',
    process,
    request: 0,
    deadlineAt,
    expected,
    hard: false,
    stateful: false,
  });
  const done = {kind: 'done', request: 0, timings: [], attempts: 1} as const;
  const end = (outputs = expected) => cluster.ledger.ended('client.a', {...done, outputs});
  const broken = () => world.broken.list.map(({property}) => property);
  return {world, cluster, process, inputs, expected, end, broken};
}

test('a request that ends twice is noticed', t => {
  const {cluster, end, broken} = withRequest();
  end();
  t.deepEqual(broken(), []);
  const error = new InferenceError('DEVICE_LOST', 'gone');
  cluster.ledger.ended('client.a', {kind: 'failed', request: 0, error});
  t.deepEqual(broken(), ['every request settles once']);
});

test('a result that other operations made is noticed, and one that lacks an output', t => {
  const swapped = withRequest();
  swapped.end(new Map([...swapped.inputs].map(([, x]) => ['y', x])));
  t.deepEqual(swapped.broken(), ['every result is right']);
  const empty = withRequest();
  empty.end(new Map());
  t.deepEqual(empty.broken(), ['every result is right']);
});

test('a request that ends after its deadline is noticed', async t => {
  const {world, end, broken} = withRequest();
  await world.advance(150);
  end();
  t.deepEqual(broken(), ['no request outlives its deadline']);
});

test('an order of somebody who does not lead is noticed', t => {
  const {world, cluster, broken} = withRequest();
  const frame = {message: {kind: 'unload'}, tensors: new Map(), owned: false};
  world.network.watcher(new SimulatedProcess('coordinator', world), 'device.a', frame);
  cluster.store.onPut('one', 'deployment.a', {term: 2});
  cluster.store.onPut('other', 'deployment.a', {term: 2});
  cluster.store.onPut('third', 'deployment.a', {term: 1});
  t.is(broken().length, 3);
});

test('a request that fails because of another is noticed, and one that is to fail is not', t => {
  const {cluster, process, expected, broken} = withRequest();
  const error = new InferenceError('STAGE_FAILED', 'the kernel failed');
  const rest = {client: 'client.a', process, deadlineAt: 1e9, expected, stateful: false};
  cluster.ledger.submitted({...rest, request: 1, hard: true});
  cluster.ledger.ended('client.a', {kind: 'failed', request: 1, error});
  t.deepEqual(broken(), []);
  cluster.ledger.ended('client.a', {kind: 'failed', request: 0, error});
  t.deepEqual(broken(), ['no request fails for another’s sake']);
});

test('rows of a batch that go to each other’s requests are noticed', t => {
  const {cluster, inputs} = withRequest();
  const network = cluster.networkOf('chain');
  const other = new Map([['x', cluster.shelf.input(network, 'other')]]);
  const compute = (given: NamedTensors) => cluster.shelf.compute(network, given);
  const together = splitTensors(compute(mergeTensors([inputs, other])), [1, 1]);
  t.true(sameValue(together?.[0]?.get('y'), compute(inputs).get('y')));
  t.true(sameValue(together?.[1]?.get('y'), compute(other).get('y')));
  t.false(sameValue(together?.[1]?.get('y'), compute(inputs).get('y')));
});

test('an inference that goes on from the states of others is noticed', async t => {
  const run = await simulate(scenarioOf('fair-weather'), 1, {
    trace: false,
    tamper: frame => {
      const message = frame.message as Infer;
      if (message.kind !== 'infer' || message.state === undefined) return frame;
      const state = {...message.state, session: message.state.session & ~1};
      return {...frame, message: {...message, state}};
    },
  });
  const properties = new Set(run.broken.map(({property}) => property));
  t.true(
    properties.has('every inference goes on from the states before it'),
    [...properties].join(),
  );
});

test('states that are told wrong are noticed', async t => {
  let last: NamedTensors | undefined;
  const run = await simulate(scenarioOf('fair-weather'), 1, {
    trace: false,
    tamper: frame => {
      if ((frame.message as Output).kind !== 'output' || !frame.tensors.has('h')) return frame;
      const tensors = last ?? frame.tensors;
      last = frame.tensors;
      return {...frame, tensors};
    },
  });
  t.true(run.broken.some(({what}) => what.endsWith('was told so')));
});

test('a poisonous network whose crashes nobody counts is noticed, twice', async t => {
  const run = await simulate(scenarioOf('poisonous-network'), 1, {
    trace: false,
    tamper: frame => {
      const message = frame.message as Heartbeat;
      if (message.kind !== 'heartbeat') return frame;
      return {...frame, message: {...message, device: {...message.device, restarts: 0}}};
    },
  });
  const properties = new Set(run.broken.map(({property}) => property));
  for (const property of [
    'what ends its device three times is not loaded there again',
    'a poisonous network is quarantined, and its client is told so',
  ]) {
    t.true(properties.has(property), property);
  }
});

test('a member of a virtual device that is not there is noticed', t => {
  const world = new SimulatedWorld(1, {trace: false});
  everyVariantIsThere(new Cluster(scenarioOf('virtual-devices'), world));
  const [first] = world.broken.list;
  t.is(first?.property, 'every member of a virtual device comes back');
});

test('a network that is not laid out on all that it is to use is noticed', t => {
  const world = new SimulatedWorld(1, {trace: false});
  everyMemberIsUsed(new Cluster(scenarioOf('links-break'), world));
  const properties = world.broken.list.map(({property}) => property);
  t.deepEqual(properties, Array(2).fill('every network is laid out in full'));
});

test('what a scenario rules out is noticed when it happens', t => {
  const {world, cluster, broken} = withRequest();
  neverHappens(cluster, ['a load ended as QUARANTINED']);
  t.deepEqual(broken(), []);
  world.reached.note('a load ended as QUARANTINED');
  neverHappens(cluster, ['a load ended as QUARANTINED']);
  t.deepEqual(broken(), ['what nothing leads to does not happen']);
});

test('docs/SIMULATION.md tells of every scenario', t => {
  const page = readFileSync(new URL('../../../docs/SIMULATION.md', import.meta.url), 'utf8');
  for (const {name, about} of scenarios) t.true(page.includes(`\`${name}\``), `${name}: ${about}`);
});

import {readFileSync} from 'node:fs';
import test from 'ava';
import {InferenceError} from '../../src/errors.js';
import {Cluster} from './cluster.js';
import {networks} from './networks.js';
import type {Scenario} from './scenario.js';
import {scenarios} from './scenarios.js';
import {SimulatedProcess} from './simulated-process.js';
import {SimulatedWorld} from './simulated-world.js';

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
  return {world, cluster, inputs, expected, end, broken};
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

test('docs/SIMULATION.md tells of every scenario', t => {
  const page = readFileSync(new URL('../../../docs/SIMULATION.md', import.meta.url), 'utf8');
  for (const {name, about} of scenarios) t.true(page.includes(`\`${name}\``), `${name}: ${about}`);
});

import test from 'ava';
import {RouteTable} from '../../../actors/route-table.js';
import type {ClusterStatus} from '../../../schemas/cluster-status.js';
import type {Deployment} from '../../../schemas/deployment.js';
import {ClusterBench, orderOver} from '../../support/cluster-bench.js';
import {deviceOn} from '../../support/device-descriptions.js';
import {planGraph} from '../../support/plan-graph.js';

/* What lives long forgets what is gone. */

test('replicas that are not avoided any more are forgotten', t => {
  const routes = new RouteTable();
  for (let at = 0; at < 100; at++) routes.avoid(`stage.D1.${at}.0.0`, at * 1000);
  t.is(routes.avoided, 1);
});

test('a client that has fallen silent is none of a deployment that others keep', async t => {
  const cluster = new ClusterBench(
    planGraph(`
      inputs x
      relu: x -> y
      outputs y
    `),
  );
  await cluster.addDevice(deviceOn('host-a', 'CPU'));
  const answer = await cluster.ask({kind: 'load', order: orderOver('CPU')});
  const {id} = (answer?.ok ? answer.value : {}) as Deployment;
  cluster.tell({kind: 'keep', client: 'client.other', deployments: [{id, epoch: 0}]});
  const clients = async () => {
    cluster.keep(id);
    const status = await cluster.ask({kind: 'status'});
    return ((status?.ok ? status.value : {}) as ClusterStatus).deployments[0]?.clients;
  };
  t.is(await clients(), 2);
  await cluster.world.advance(50_000);
  await clients();
  await cluster.world.advance(50_000);
  t.is(await clients(), 1);
});

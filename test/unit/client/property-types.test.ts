import test from 'ava';
import type {ClusterClient} from '../../../src/client/cluster-client.js';
import type {ExecutableNetwork} from '../../../src/client/executable-network.js';

/* What a key is to TypeScript. The compiler is the test: nothing here runs. */

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function same<A, B>(_: Same<A, B>): void {}

export async function typesOfProperties(core: ClusterClient, network: ExecutableNetwork) {
  const optimal = network.getMetric('OPTIMAL_NUMBER_OF_INFER_REQUESTS');
  same<typeof optimal, number>(true);
  const onDevice = await core.getMetric('CPU', 'OPTIMAL_NUMBER_OF_INFER_REQUESTS');
  same<typeof onDevice, number>(true);
  const range = await core.getMetric('CPU', 'RANGE_FOR_ASYNC_INFER_REQUESTS');
  same<typeof range, readonly [number, number, number]>(true);
  const available = await core.getMetric('AVAILABLE_DEVICES');
  same<typeof available, readonly string[]>(true);
  const own = await core.getMetric('CPU', 'CHIP_ROWS');
  same<typeof own, unknown>(true);
  const streams = network.getConfig('NUM_STREAMS');
  same<typeof streams, number | 'AUTO'>(true);
  const hint = await core.getConfig('PERFORMANCE_HINT');
  same<typeof hint, 'LATENCY' | 'THROUGHPUT' | 'CUMULATIVE_THROUGHPUT'>(true);
  const counts = await core.getConfig('CPU', 'PERF_COUNT');
  same<typeof counts, boolean>(true);
  // @ts-expect-error a device's metric, not a network's
  network.getMetric('FULL_DEVICE_NAME');
  // @ts-expect-error no metric at all
  network.getMetric('OPTIMAL_NUMBER');
  // @ts-expect-error a metric is no config
  network.getConfig('NETWORK_NAME');
  // @ts-expect-error a network's metric, not the core's
  await core.getMetric('NETWORK_NAME');
}

test('the types of metrics and config follow from their keys', t => {
  t.is(typeof typesOfProperties, 'function');
});

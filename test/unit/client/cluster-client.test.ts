import test, {type ExecutionContext} from 'ava';
import {ClusterClient} from '../../../src/client/cluster-client.js';
import type {Network} from '../../../src/client/network.js';
import {blobCodec} from '../../../src/wire/blob-codec.js';
import {createMemoryBulkStore} from '../../../src/wire/memory-bulk-store.js';
import {ClientBench} from '../../support/client-bench.js';
import {deviceOn} from '../../support/device-descriptions.js';
import {NetworkBuilder} from '../../support/network-builder.js';
import {singleStage} from '../../support/stage-graphs.js';

class Opened {
  readonly client = new ClientBench();
  readonly core: ClusterClient;
  left = 0;

  constructor(t: ExecutionContext) {
    const bulk = createMemoryBulkStore();
    t.teardown(() => bulk.close());
    const close = async () => {
      this.left++;
    };
    this.core = new ClusterClient({
      ...{session: this.client.session, bulk, close},
      codec: blobCodec('0.1.0'),
    });
  }

  network(): Promise<Network> {
    const builder = new NetworkBuilder()
      .input('x', 'f32', [1, 4])
      .node('Relu', 'x', 'y')
      .output('y', 'f32', [1, 4]);
    return this.core.readNetwork(builder.bytes());
  }

  /** The question that the coordinator is asked next. */
  async asked(): Promise<object> {
    await this.client.settle();
    const question = this.client.questions.at(-1)?.question;
    if (question === undefined) throw new Error('nothing was asked');
    return question.message({from: 'me', id: 0}) as object;
  }
}

test('devices are told by kind, and by name where there are several nodes', async t => {
  const {client, core} = new Opened(t);
  const devices = core.getAvailableDevices();
  client.answer([deviceOn('host-a', 'CPU'), deviceOn('host-b', 'CPU')]);
  t.deepEqual(await devices, ['CPU', 'host-a/CPU', 'host-b/CPU']);
});

test('an order carries network, device, config and affinity', async t => {
  const opened = new Opened(t);
  const network = await opened.network();
  const operation = network.operations[0]?.name ?? '';
  network.setAffinity(operation, 'WASM');
  const loading = opened.core.loadNetwork(network, 'HETERO:CPU,WASM', {NUM_STREAMS: 2});
  t.like(await opened.asked(), {
    kind: 'load',
    order: {
      device: 'HETERO:CPU,WASM',
      config: {NUM_STREAMS: 2},
      affinity: {[operation]: 'WASM'},
      preprocessing: null,
      states: [],
    },
  });
  opened.client.answer(singleStage());
  t.like((await loading).outputs, [{name: 'y'}]);
  t.true(opened.client.orders.some(({kind}) => kind === 'loaded'));
});

test('a device or config that cannot be read is refused before anything is asked', async t => {
  const opened = new Opened(t);
  const {client, core} = opened;
  const network = await opened.network();
  t.like(await t.throwsAsync(core.loadNetwork(network, 'HETERO:')), {code: 'INVALID_DEVICE'});
  t.like(await t.throwsAsync(core.queryNetwork(network, 'CPU', {NUM_STREAM: 1})), {
    code: 'UNKNOWN_CONFIG_KEY',
  });
  t.like(await t.throwsAsync(core.planNetwork(network, 'CPU', {NUM_STREAMS: -1})), {
    code: 'INVALID_CONFIG_VALUE',
  });
  t.deepEqual(client.orders, []);
});

test('an answer that makes no sense is an INVALID_FRAME, whatever was asked', async t => {
  const opened = new Opened(t);
  const {core, client} = opened;
  const network = await opened.network();
  const asks: readonly (() => Promise<unknown>)[] = [
    () => core.getAvailableDevices(),
    () => core.queryNetwork(network, 'CPU'),
    () => core.planNetwork(network, 'CPU'),
    () => core.loadNetwork(network, 'CPU'),
  ];
  for (const ask of asks) {
    const answer = t.throwsAsync(ask());
    await opened.asked();
    client.answer({nonsense: true});
    t.like(await answer, {code: 'INVALID_FRAME'});
  }
});

test('close releases what is loaded and leaves, once, though no coordinator answers', async t => {
  const opened = new Opened(t);
  const loading = opened.core.loadNetwork(await opened.network(), 'CPU');
  await opened.asked();
  opened.client.answer(singleStage());
  await loading;
  const closing = [opened.core.close(), opened.core.close()];
  t.like(await opened.asked(), {kind: 'release', deployment: 'D1'});
  opened.client.refuse('STORE_UNAVAILABLE');
  await Promise.all(closing);
  t.is(opened.left, 1);
});

test('a network that its user released is not released again by close', async t => {
  const opened = new Opened(t);
  const loading = opened.core.loadNetwork(await opened.network(), 'CPU');
  await opened.asked();
  opened.client.answer(singleStage());
  const released = (await loading).release();
  await opened.asked();
  opened.client.answer(null);
  await released;
  await opened.core.close();
  t.is(opened.client.questions.length, 2);
});

test('a closed core does nothing more', async t => {
  const opened = new Opened(t);
  const network = await opened.network();
  await opened.core.close();
  t.like(await t.throwsAsync(opened.core.getAvailableDevices()), {code: 'RELEASED'});
  t.like(await t.throwsAsync(opened.core.loadNetwork(network, 'CPU')), {code: 'RELEASED'});
  t.deepEqual(opened.client.orders, []);
});

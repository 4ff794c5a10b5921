import test from 'ava';
import type {ClientEvent} from '../../../actors/client-event.js';
import {ClientSession} from '../../../actors/client-session.js';
import {execute} from '../../../actors/execute.js';
import type {StageResult, StageTask} from '../../../actors/stage-replica.js';
import {clientAddress} from '../../../schemas/addresses.js';
import type {Deployment} from '../../../schemas/deployment.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {ActorSystem} from '../../../src/kernel/actor-system.js';
import {ManualExecutor} from '../../support/manual-executor.js';
import {vector} from '../../support/stage-bench.js';
import {
  chain,
  diamondWithSkip,
  orderOf,
  replicatedChain,
  stageGraphOf,
  twoOutputs,
  twoReplicas,
} from '../../support/stage-graphs.js';
import {VirtualWorld} from '../../support/virtual-world.js';

/* Client session and stages together, over a transport: each kernel gives the sum of its inputs. */

class Pipeline {
  readonly world = new VirtualWorld();
  readonly system = new ActorSystem(this.world);
  readonly deployment: Deployment;
  /** By the addresses of replicas. */
  readonly kernels = new Map<string, ManualExecutor<StageTask, StageResult>>();
  readonly #events: ClientEvent[] = [];
  readonly #client = clientAddress('me');
  #submitted = 0;

  constructor(deployment: Deployment, options: {readonly queuedMax?: number} = {}) {
    this.deployment = deployment;
    for (const {index, replicas} of stageGraphOf(deployment).stages) {
      for (const [replica, {address, device}] of replicas.entries()) {
        const order = orderOf(deployment, index, replica);
        const kernel = new ManualExecutor<StageTask, StageResult>();
        this.kernels.set(address, kernel);
        this.system.provide(address, kernel);
        const {queuedMax = 8} = options;
        this.system.spawn(address, execute({order, device, slots: 1, queuedMax}));
      }
    }
    const {random} = this.world;
    const bounds = {inFlightMax: 8, queuedMax: 8, keepMs: 15_000, graceMs: 3000, lostGraceMs: 3000};
    const session = new ClientSession({address: this.#client, ...bounds, random});
    this.system.spawn(this.#client, session, event => this.#events.push(event as ClientEvent));
  }

  submit(x: number, timeoutMs = 60_000): number {
    const request = this.#submitted++;
    const tensors = new Map([['x', vector(x)]]);
    const submission = {request, deployment: this.deployment, tensors, timeoutMs, profile: false};
    this.system.tell(this.#client, {kind: 'submit', submission});
    return request;
  }

  cancel(request: number): void {
    this.system.tell(this.#client, {kind: 'cancel', request});
  }

  /** Ends the oldest task of every kernel that has one; false if none had. */
  work(): boolean {
    const busy = [...this.kernels].filter(([, kernel]) => kernel.running > 0);
    for (const [address, kernel] of busy) this.#finish(address, kernel);
    return busy.length > 0;
  }

  /** Until no kernel has anything to do. */
  async workAll(): Promise<void> {
    do await this.world.settle();
    while (this.work());
  }

  stop(address: string): void {
    this.system.stop(address);
    this.system.withdraw(address);
    this.kernels.delete(address);
  }

  /** First elements of the outputs by name, or the code of the error. */
  endOf(request: number): Readonly<Record<string, number>> | string | undefined {
    const ends = this.#events.filter(
      event => event.kind !== 'answered' && event.kind !== 'changed' && event.request === request,
    );
    if (ends.length > 1) throw new Error(`request ${request} settled ${ends.length} times`);
    const [end] = ends;
    if (end?.kind !== 'failed' && end?.kind !== 'done') return undefined;
    if (end.kind === 'failed') return end.error.code;
    return Object.fromEntries([...end.outputs].map(([name, {data}]) => [name, Number(data[0])]));
  }

  timingsOf(request: number): readonly number[] {
    const end = this.#events.find(event => event.kind === 'done' && event.request === request);
    return end?.kind === 'done' ? end.timings.map(({stage}) => stage) : [];
  }

  #finish(address: string, kernel: ManualExecutor<StageTask, StageResult>): void {
    const stage = stageGraphOf(this.deployment).stages.find(({replicas}) =>
      replicas.some(replica => replica.address === address),
    );
    const task = kernel.tasks[kernel.tasks.length - kernel.running];
    const inputs = [...(task?.tensors.values() ?? [])].map(({data}) => Number(data[0]));
    const sum = vector(inputs.reduce((total, value) => total + value, 0));
    const outputs = (stage?.outputs ?? []).map(({name}): [string, TensorData] => [name, sum]);
    kernel.finish({tensors: new Map(outputs), executeUs: 1});
  }
}

test('a request goes through a chain', async t => {
  const pipeline = new Pipeline(chain());
  const request = pipeline.submit(5);
  await pipeline.workAll();
  t.deepEqual(pipeline.endOf(request), {y: 5});
  t.deepEqual(pipeline.timingsOf(request), [0, 1]);
});

test('paths that join are joined, and the skip among them', async t => {
  const pipeline = new Pipeline(diamondWithSkip());
  const request = pipeline.submit(5);
  await pipeline.workAll();
  t.deepEqual(pipeline.endOf(request), {y: 15});
  t.deepEqual(pipeline.timingsOf(request), [0, 1, 2, 3]);
});

test('outputs of several stages come together', async t => {
  const pipeline = new Pipeline(twoOutputs());
  const request = pipeline.submit(3);
  await pipeline.workAll();
  t.deepEqual(pipeline.endOf(request), {y: 3, z: 3});
});

test('stages of several requests overlap, and each request gets its own', async t => {
  const pipeline = new Pipeline(chain());
  const requests = [1, 2, 3, 4].map(x => pipeline.submit(x));
  await pipeline.world.settle();
  pipeline.work();
  await pipeline.world.settle();
  t.deepEqual(
    [...pipeline.kernels.values()].map(({running}) => running),
    [1, 1],
    'one request at each stage',
  );
  await pipeline.workAll();
  t.deepEqual(
    requests.map(request => pipeline.endOf(request)),
    [1, 2, 3, 4].map(y => ({y})),
  );
});

test('a cancelled request is run no further', async t => {
  const pipeline = new Pipeline(chain());
  const request = pipeline.submit(1);
  await pipeline.world.settle();
  pipeline.cancel(request);
  await pipeline.workAll();
  t.is(pipeline.endOf(request), 'CANCELLED');
  t.is(pipeline.kernels.get('stage.D1.0.1.0')?.tasks.length, 0);
});

test('a full stage is tried again, until everything has gone through', async t => {
  const pipeline = new Pipeline(chain(), {queuedMax: 1});
  const requests = [1, 2, 3, 4, 5, 6].map(x => pipeline.submit(x));
  await pipeline.world.settle();
  for (let tenth = 0; tenth < 100; tenth++) {
    await pipeline.workAll();
    await pipeline.world.advance(100);
  }
  t.deepEqual(
    requests.map(request => pipeline.endOf(request)),
    [1, 2, 3, 4, 5, 6].map(y => ({y})),
  );
});

test('what runs on a device that is stopped in order runs on the other replica', async t => {
  const pipeline = new Pipeline(twoReplicas());
  const requests = [1, 2].map(x => pipeline.submit(x));
  await pipeline.world.settle();
  pipeline.stop('stage.D1.0.0.0');
  await pipeline.world.advance(50);
  await pipeline.workAll();
  t.deepEqual(
    requests.map(request => pipeline.endOf(request)),
    [{y: 1}, {y: 2}],
  );
});

test('a later stage that is gone is replaced by its other replica', async t => {
  const pipeline = new Pipeline(replicatedChain());
  pipeline.stop('stage.D1.0.1.0');
  const request = pipeline.submit(7);
  await pipeline.workAll();
  t.is(pipeline.endOf(request), undefined);
  await pipeline.world.advance(50);
  await pipeline.workAll();
  t.deepEqual(pipeline.endOf(request), {y: 7});
});

test('without a replica that is left a request ends with DEVICE_LOST', async t => {
  const pipeline = new Pipeline(chain());
  pipeline.stop('stage.D1.0.1.0');
  const request = pipeline.submit(7);
  for (let tenth = 0; tenth < 60; tenth++) {
    await pipeline.workAll();
    await pipeline.world.advance(100);
  }
  t.is(pipeline.endOf(request), 'DEVICE_LOST');
});

test('a request whose kernel hangs ends at its deadline, and its stage says it is there', async t => {
  const pipeline = new Pipeline(chain());
  const request = pipeline.submit(7, 30_000);
  await pipeline.world.advance(29_999);
  t.is(pipeline.endOf(request), undefined);
  t.is(pipeline.kernels.get('stage.D1.0.0.0')?.tasks.length, 1, 'there was one attempt');
  await pipeline.world.advance(1);
  t.is(pipeline.endOf(request), 'DEADLINE_EXCEEDED');
});

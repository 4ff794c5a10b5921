import test from 'ava';
import {execute} from '../../../actors/execute.js';
import type {StageTask} from '../../../actors/stage-task.js';
import {ActorSystem} from '../../../src/kernel/actor-system.js';
import {ExclusiveNetwork} from '../../../src/plugin/exclusive-network.js';
import {NamedExecutor} from '../../../src/plugin/named-executor.js';
import type {InferenceResult} from '../../../src/plugin/plugin.js';
import {vector} from '../../support/stage-bench.js';
import {orderOf, singleStage} from '../../support/stage-graphs.js';
import {VirtualWorld} from '../../support/virtual-world.js';

/** Stages of several networks on one device that lets one inference run at a time. */
class OneDevice {
  readonly world = new VirtualWorld();
  readonly #system = new ActorSystem(this.world);
  readonly #turns = new NamedExecutor({name: 'A', slots: 1, queuedMax: 100});
  /** Whose inferences ran, in order. */
  readonly ran: string[] = [];
  #end: (() => void) | undefined;

  load(deployment: string): void {
    const order = {...orderOf(singleStage(), 0), address: `stage.${deployment}.0.0.0`};
    const kernel = {inputs: [], outputs: [], slots: 4, release: async () => {}};
    const infer = () => this.#run(deployment);
    const network = new ExclusiveNetwork({...kernel, infer}, this.#turns);
    const {slots} = network;
    this.#system.provide(order.address, {
      slots,
      run: ({tensors, owned, profile}: StageTask) => network.infer({tensors, owned, profile}),
      close: async () => {},
    });
    this.#system.spawn(order.address, execute({order, device: 'A', slots, queuedMax: 100}));
  }

  submit(deployment: string, count: number): void {
    for (let request = 0; request < count; request++) {
      const attempt = {client: 'client.me', request, attempt: 1, source: -1, route: [0]};
      const rest = {remainingMs: 60_000, profile: false, timings: []};
      const message = {kind: 'infer', ...attempt, ...rest};
      const frame = {message, tensors: new Map([['x', vector(1)]]), owned: false};
      this.world.transport.send(`stage.${deployment}.0.0.0`, frame);
    }
  }

  /** Ends one inference after the other until none runs. */
  async workAll(): Promise<void> {
    await this.world.settle();
    while (this.#end !== undefined) {
      const end = this.#end;
      this.#end = undefined;
      end();
      await this.world.settle();
    }
  }

  #run(deployment: string): Promise<InferenceResult> {
    this.ran.push(deployment);
    return new Promise(resolve => {
      this.#end = () => resolve({tensors: new Map([['y', vector(1)]]), executeUs: 1});
    });
  }
}

test('stages that exclude each other on a device take turns, however many wait at one', async t => {
  const device = new OneDevice();
  for (const deployment of ['D1', 'D2']) device.load(deployment);
  device.submit('D1', 50);
  await device.world.settle();
  device.submit('D2', 3);
  await device.workAll();
  t.is(device.ran.slice(0, 8).join(' '), 'D1 D2 D1 D2 D1 D2 D1 D1');
  t.is(device.ran.length, 53);
});

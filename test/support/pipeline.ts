import type {ClientEvent} from '../../actors/client-event.js';
import {ClientSession} from '../../actors/client-session.js';
import {execute} from '../../actors/execute.js';
import type {StageResult, StageTask} from '../../actors/stage-task.js';
import {clientAddress} from '../../schemas/addresses.js';
import type {Deployment} from '../../schemas/deployment.js';
import type {Reply} from '../../schemas/messages/ask.js';
import type {StageStats} from '../../schemas/messages/stage.js';
import {defaultPriority, type Priority} from '../../schemas/priority.js';
import type {TensorData} from '../../schemas/tensor.js';
import {ActorSystem} from '../../src/kernel/actor-system.js';
import {ManualExecutor} from './manual-executor.js';
import {vector} from './stage-bench.js';
import {orderOf, stageGraphOf} from './stage-graphs.js';
import {VirtualWorld} from './virtual-world.js';

/** Client session and stages together, over a transport: each kernel gives the sum of its inputs. */
export class Pipeline {
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

  submit(x: number, timeoutMs = 60_000, priority: Priority = defaultPriority): number {
    const request = this.#submitted++;
    const tensors = new Map([['x', vector(x)]]);
    const rest = {timeoutMs, profile: false, priority};
    const submission = {request, deployment: this.deployment, tensors, ...rest};
    this.system.tell(this.#client, {kind: 'submit', submission});
    return request;
  }

  cancel(request: number): void {
    this.system.tell(this.#client, {kind: 'cancel', request});
  }

  /** Ends the oldest task of every kernel that has one; false if none had. */
  work(): boolean {
    return [...this.kernels.keys()].filter(address => this.workAt(address)).length > 0;
  }

  /** The same, of one kernel. */
  workAt(address: string): boolean {
    const kernel = this.kernels.get(address);
    if (kernel === undefined || kernel.running === 0) return false;
    this.#finish(address, kernel);
    return true;
  }

  /** Until no kernel has anything to do. */
  async workAll(): Promise<void> {
    do await this.world.settle();
    while (this.work());
  }

  /** What every stage says of itself, by the addresses of replicas. */
  async stats(): Promise<Readonly<Record<string, StageStats>>> {
    const {transport} = this.world;
    const from = clientAddress('asker');
    const addresses = [...this.kernels.keys()];
    for (const [id, to] of addresses.entries()) {
      const message = {kind: 'stats', ask: {from, id}};
      transport.send(to, {message, tensors: new Map(), owned: false});
    }
    await this.world.settle();
    const replies = transport.sentTo(from).slice(-addresses.length) as readonly Reply[];
    const values = replies.map(reply => [
      addresses[reply.id],
      reply.ok ? (reply.value as StageStats) : undefined,
    ]);
    return Object.fromEntries(values);
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

import {Guardian} from '../../actors/guardian.js';
import type {TaskExecutor} from '../../src/ports/task-executor.js';
import type {Cluster} from './cluster.js';
import {DeviceProcess} from './device-process.js';
import type {Host} from './host.js';
import type {NodePlan} from './scenario.js';
import {SimulatedProcess} from './simulated-process.js';

const guardianSettings = {
  executor: 'processes',
  restartDelayMsMin: 200,
  restartDelayMsMax: 10_000,
  restartsMax: 5,
  windowMs: 120_000,
};
/** A process takes about so long to be there. */
const startMsMax = 300;

/** A node: its guardian, and the device processes that this one keeps running. */
export class NodeHost implements Host, TaskExecutor<string, string> {
  readonly name: string;
  readonly slots = Number.POSITIVE_INFINITY;
  readonly #plan: NodePlan;
  readonly #cluster: Cluster;
  readonly #devices = new Map<string, DeviceProcess>();
  /** How often the node that runs now has started each. */
  readonly #starts = new Map<string, number>();
  #process: SimulatedProcess | undefined;

  constructor(plan: NodePlan, cluster: Cluster) {
    this.name = plan.name;
    this.#plan = plan;
    this.#cluster = cluster;
  }

  get devices(): readonly DeviceProcess[] {
    return [...this.#devices.values()];
  }

  get processes(): readonly SimulatedProcess[] {
    const own = this.#process === undefined ? [] : [this.#process];
    return [...own, ...this.devices.map(({process}) => process)];
  }

  start(): void {
    if (this.#process?.alive) return;
    const {world, nextName} = this.#cluster;
    this.#process = new SimulatedProcess(nextName(`node ${this.name}`), world);
    this.#starts.clear();
    const children = this.#plan.devices.map(({kind}) => kind);
    this.#process.system.provide(guardianSettings.executor, this);
    const guardian = new Guardian({children, ...guardianSettings});
    this.#process.system.spawn('guardian', guardian, event => {
      const {kind} = event as {readonly kind: string};
      world.reached.note(`the guardian says ${kind}`);
    });
  }

  /** A child of the guardian: settles with why it has ended. */
  async run(kind: string): Promise<string> {
    const node = this.#process;
    const of = this.#plan.devices.find(device => device.kind === kind);
    if (of === undefined || node === undefined) return 'there is no such plugin';
    await node.delay(node.random.next() * startMsMax);
    const restarts = this.#starts.get(kind) ?? 0;
    this.#starts.set(kind, restarts + 1);
    return new Promise(resolve => {
      const device = new DeviceProcess(this.name, of, restarts, this.#cluster);
      this.#devices.set(kind, device);
      device.process.onEnd(why => {
        if (this.#devices.get(kind) === device) this.#devices.delete(kind);
        node.enter(() => resolve(why));
      });
    });
  }

  async close(): Promise<void> {}

  crash(): void {
    this.#process?.crash();
    for (const {process} of this.devices) process.crash();
  }

  stop(): void {
    this.#process?.crash('ends');
    for (const device of this.devices) device.stop();
  }

  /** As its operator does where the guardian has given a plugin up. */
  restartIfGivenUp(): void {
    const complete = this.#devices.size === this.#plan.devices.length;
    if (this.#process?.alive && complete) return;
    this.crash();
    this.start();
  }
}

import {Coordinator} from '../../actors/coordinator.js';
import type {DeploymentTask} from '../../actors/deployment-task.js';
import {Device} from '../../actors/device.js';
import type {ExtractedPart, Inspection, PlannerTask} from '../../actors/planner-task.js';
import type {LoadedStage, PluginTask} from '../../actors/plugin-task.js';
import {Registry} from '../../actors/registry.js';
import {coordinatorAddress, registryAddress} from '../../schemas/addresses.js';
import type {Deployment, DeploymentRecord} from '../../schemas/deployment.js';
import type {DeviceDescription, OperationSupport} from '../../schemas/device.js';
import type {Reply} from '../../schemas/messages/ask.js';
import type {ClientMessage} from '../../schemas/messages/client.js';
import type {NetworkRef} from '../../schemas/network-blob.js';
import type {NetworkGraph} from '../../schemas/network-graph.js';
import type {SplitOrder} from '../../schemas/split-order.js';
import {ActorSystem} from '../../src/kernel/actor-system.js';
import type {TaskExecutor} from '../../src/ports/task-executor.js';
import {VirtualWorld} from './virtual-world.js';

const stored: NetworkRef = {model: {digest: 'a'.repeat(64), bytes: 1}, weights: null};

/** An order to load, `over` these devices. */
export function orderOver(device: string, rest: Partial<SplitOrder> = {}): SplitOrder {
  return {
    network: stored,
    device,
    config: {},
    affinity: {},
    preprocessing: null,
    states: [],
    ...rest,
  };
}

/** What a plugin does, as a test wants it; a task that answers `never` stays open. */
export class ScriptedPlugin implements TaskExecutor<PluginTask> {
  readonly slots = 4;
  readonly tasks: PluginTask[] = [];
  readonly #graph: NetworkGraph;
  /** Operations that it does not run, and why. */
  refused: Readonly<Record<string, string>> = {};
  /** Why it cannot import what was exported. */
  lacks: string | undefined;
  /** How fast its device says it is. */
  workPerMs = 1000;
  onQuery: (() => unknown) | undefined;
  onRelease: (() => Promise<void>) | undefined;
  onLoad: () => LoadedStage | Promise<LoadedStage> = () => ({
    slots: 1,
    queuedMax: 8,
    origin: 'compiled',
  });

  constructor(graph: NetworkGraph) {
    this.#graph = graph;
  }

  async run(task: PluginTask): Promise<unknown> {
    this.tasks.push(task);
    switch (task.kind) {
      case 'properties':
        return {metrics: {}, config: {}};
      case 'measure':
        return {workPerMs: this.workPerMs};
      case 'query':
        return this.onQuery === undefined ? this.#support() : this.onQuery();
      case 'load':
        return this.onLoad();
      case 'export':
        return {network: stored, compiled: null, config: {}};
      case 'canImport':
        return this.lacks === undefined
          ? {supported: true}
          : {supported: false, reason: `it lacks ${this.lacks}`};
      case 'release':
        await this.onRelease?.();
        return null;
    }
  }

  /** Addresses that it was told to load, or to release. */
  told(kind: 'load' | 'release'): readonly string[] {
    return this.tasks.flatMap(task => (task.kind === kind ? [task.address] : []));
  }

  async close(): Promise<void> {}

  #support(): readonly OperationSupport[] {
    return this.#graph.operations.map(({name}) => {
      const reason = this.refused[name];
      return reason === undefined ? {name, supported: true} : {name, supported: false, reason};
    });
  }
}

/** Inspects every network as the same graph; keeps what was to be extracted. */
export class ScriptedPlanner implements TaskExecutor<PlannerTask> {
  readonly slots = 1;
  readonly extracted: (readonly ExtractedPart[])[] = [];
  readonly #graph: NetworkGraph;
  onInspect: (() => never) | undefined;
  onExtract: (() => void) | undefined;

  constructor(graph: NetworkGraph) {
    this.#graph = graph;
  }

  async run(task: PlannerTask): Promise<Inspection | readonly NetworkRef[]> {
    if (task.kind === 'inspect') {
      this.onInspect?.();
      const none = {clientInputs: new Map(), preprocess: null, postprocess: null};
      return {network: stored, rewrite: null, graph: this.#graph, queried: stored, ...none};
    }
    this.onExtract?.();
    this.extracted.push(task.parts);
    return task.parts.map(() => stored);
  }

  async close(): Promise<void> {}
}

/** Records of deployments, in memory that outlives coordinators. */
export class ScriptedRecords implements TaskExecutor<DeploymentTask> {
  readonly slots = 1;
  readonly kept = new Map<string, DeploymentRecord>();
  /** Every task fails with this, if it is set. */
  failure: Error | undefined;

  async run(task: DeploymentTask): Promise<readonly DeploymentRecord[] | null> {
    if (this.failure !== undefined) throw this.failure;
    if (task.kind === 'save') this.kept.set(task.record.id, task.record);
    if (task.kind === 'delete') this.kept.delete(task.id);
    return task.kind === 'list' ? [...this.kept.values()] : null;
  }

  async close(): Promise<void> {}
}

/** A coordinator that leads, its registry and devices, over a transport inside the process. */
export class ClusterBench {
  readonly world = new VirtualWorld();
  readonly system = new ActorSystem(this.world);
  readonly planner: ScriptedPlanner;
  readonly records = new ScriptedRecords();
  readonly replies: Reply[] = [];
  /** What the client was told of deployments that changed. */
  readonly changes: Deployment[] = [];
  readonly #graph: NetworkGraph;
  #asked = 0;
  #coordinators = 0;

  constructor(graph: NetworkGraph, options: {readonly ordersMax?: number} = {}) {
    this.#graph = graph;
    this.planner = new ScriptedPlanner(graph);
    this.system.provide('planner', this.planner);
    this.system.provide('deployments', this.records);
    this.world.transport.listen('client.test', {
      deliver: ({message}) => {
        const heard = message as ClientMessage;
        if (heard.kind === 'reply') this.replies.push(heard);
        if (heard.kind === 'deployment') this.changes.push(heard.deployment);
      },
    });
    this.startCoordinator(options);
  }

  /** Starts one that leads from now on; its address. */
  startCoordinator({ordersMax = 8}: {readonly ordersMax?: number} = {}): string {
    const address = `${coordinatorAddress}.${this.#coordinators++}`;
    const {random} = this.world;
    const executors = {planner: 'planner', deployments: 'deployments'};
    const behaviour = new Coordinator({address, ...executors, random, keepMs: 60_000, ordersMax});
    this.system.spawn(address, behaviour);
    this.system.alias(address, coordinatorAddress);
    this.system.spawn(registryAddress, new Registry(address, 500));
    this.system.tell(address, {kind: 'lead', until: Number.POSITIVE_INFINITY});
    return address;
  }

  async addDevice(description: DeviceDescription): Promise<ScriptedPlugin> {
    const plugin = new ScriptedPlugin(this.#graph);
    this.system.provide(description.name, plugin);
    const settings = {
      plugin: description.name,
      heartbeatMs: 1000,
      leaseMs: 4000,
      stagesMax: 8,
      idleMs: 1000,
      leaveMsMax: 15_000,
    };
    this.system.spawn(description.address, new Device({description, ...settings}));
    await this.world.settle();
    return plugin;
  }

  /** Sends a question to the coordinator that leads; its id. */
  send(message: object): number {
    const id = this.#asked++;
    const ask = {from: 'client.test', id};
    const frame = {message: {...message, ask}, tensors: new Map(), owned: false};
    this.world.transport.send(coordinatorAddress, frame);
    return id;
  }

  /** The answer to a question, undefined if there is none yet. */
  answer(id: number): Reply | undefined {
    return this.replies.find(reply => reply.id === id);
  }

  async ask(message: object): Promise<Reply | undefined> {
    const id = this.send(message);
    await this.world.settle();
    return this.answer(id);
  }

  /** What a client tells the coordinators; an id alone is known in its first epoch. */
  keep(...deployments: readonly (string | {readonly id: string; readonly epoch: number})[]): void {
    this.tell({
      kind: 'keep',
      client: 'client.test',
      deployments: deployments.map(each =>
        typeof each === 'string' ? {id: each, epoch: 0} : each,
      ),
    });
  }

  tell(message: object): void {
    this.world.transport.send(coordinatorAddress, {message, tensors: new Map(), owned: false});
  }
}

import {StageReplica, type StageReplicaOptions} from '../../actors/stage-replica.js';
import type {StageTask} from '../../actors/stage-task.js';
import type {Deployment} from '../../schemas/deployment.js';
import type {Failed, Output} from '../../schemas/messages/client.js';
import type {Infer} from '../../schemas/messages/stage.js';
import type {TensorData} from '../../schemas/tensor.js';
import {BareActor} from './bare-actor.js';
import {orderOf} from './stage-graphs.js';
import {tensorOf} from './tensor-of.js';

/** The client that a stage hears from. */
export const client = 'client.me';

/** f32[1,4] of one value. */
export function vector(value: number): TensorData {
  return tensorOf('f32', [1, 4], [value, value, value, value]);
}

/** One stage of a deployment; tensors are admitted as they come. */
export function stageOf(
  deployment: Deployment,
  index: number,
  options: Partial<StageReplicaOptions> = {},
): StageBench {
  const {name, role, sources, destinations, address: executor} = orderOf(deployment, index);
  return new StageBench(
    new StageReplica({
      index,
      name,
      role,
      device: 'host-a/A',
      executor,
      slots: 1,
      queuedMax: 4,
      sources,
      destinations,
      admit: () => {},
      ...options,
    }),
  );
}

/** A stage, and shorthands for what it hears and says. */
export class StageBench extends BareActor<unknown, unknown> {
  infer(
    fields: Partial<Infer>,
    tensors: Readonly<Record<string, TensorData>> = {},
    owned = false,
  ): void {
    const message = {
      kind: 'infer',
      client,
      request: 1,
      attempt: 1,
      source: -1,
      route: [0, 0, 0, 0],
      remainingMs: 1000,
      profile: false,
      timings: [],
      ...fields,
    };
    this.receive(message, new Map(Object.entries(tensors)), owned);
  }

  cancel(request = 1, attempt = 1): void {
    this.receive({kind: 'cancel', client, request, attempt});
  }

  finish(tensors: Readonly<Record<string, TensorData>>, executeUs = 100): void {
    const value = {tensors: new Map(Object.entries(tensors)), executeUs};
    this.settle({ok: true, value});
  }

  /** The messages that were sent since they were asked for last. */
  said(): readonly (Infer | Output | Failed)[] {
    return this.sent().map(({message}) => message as Infer | Output | Failed);
  }

  /** What the oldest running task was given. */
  get task(): StageTask {
    const [oldest] = this.running;
    if (oldest === undefined) throw new RangeError('no task runs');
    return oldest.task as StageTask;
  }

  /** Names of the tensors that each running task was given. */
  get tasks(): readonly (readonly string[])[] {
    return this.running.map(({task}) => [...(task as StageTask).tensors.keys()]);
  }

  stats(): object {
    this.receive({kind: 'stats', ask: {from: client, id: 7}});
    const reply = this.sent().at(-1)?.message as {readonly value: object} | undefined;
    return reply?.value ?? {};
  }
}

/** The only thing that was sent, and it was sent to the client. */
export function onlyAnswer(bench: StageBench): object {
  const sent = bench.sent();
  const [first] = sent;
  if (sent.length !== 1 || first?.to !== client) throw new Error(`${sent.length} were sent`);
  return first.message as object;
}

import {modelProto} from '../../src/network/model-proto.js';
import {nodeProto} from '../../src/network/node-proto.js';
import {writeModel} from '../../src/network/write-model.js';
import {type Reply, replyOf} from '../../src/plugin/reply.js';
import type {Backend} from './backend.js';
import {inferTypes} from './infer-types.js';
import {openNetwork} from './open-network.js';
import {optimizationOf} from './optimization.js';
import {queryOperations} from './query-operations.js';
import {saveNetwork} from './save-network.js';

/** Work on whole networks that would block a thread which answers messages. */
export type ServiceTask =
  /** Whether ONNX Runtime works here at all: a boolean. */
  | {readonly kind: 'probe'}
  /** What its optimised networks depend on: a text that is equal where they are exchangeable. */
  | {readonly kind: 'optimization'}
  /** Writes the network into `folder` as it is once optimised; see Backend.save. Answers null. */
  | {
      readonly kind: 'save';
      readonly model: SharedArrayBuffer;
      readonly weightsFile: string | undefined;
      readonly folder: string;
    }
  | {
      readonly kind: 'queryOperations' | 'inferTypes';
      /** A serialised ModelProto. */
      readonly model: SharedArrayBuffer;
      readonly weightsFile: string | undefined;
    };

/** What a service worker exports: answers every task with a Reply. */
export async function startService(load: () => Promise<Backend>) {
  const backend = await replyOf(load);
  return (task: ServiceTask): Promise<Reply<unknown>> => {
    if (!backend.ok) return Promise.resolve(backend);
    return replyOf(() => perform(backend.value, task));
  };
}

async function perform(backend: Backend, task: ServiceTask): Promise<unknown> {
  if (task.kind === 'probe') return (await openNetwork(backend, probeModel())).opened;
  if (task.kind === 'optimization') return optimizationOf(backend);
  // Text cannot be decoded out of shared memory.
  const model = new Uint8Array(task.model).slice();
  if (task.kind === 'save') return saveNetwork(backend, {...task, model});
  const work = task.kind === 'inferTypes' ? inferTypes : queryOperations;
  return work(backend, model, task.weightsFile);
}

function probeModel(): Uint8Array {
  const tensor = (name: string) => ({name, type: 'f32', shape: [1]}) as const;
  return writeModel(
    modelProto({
      name: 'probe',
      nodes: [nodeProto('Identity', ['x'], ['y'])],
      inputs: [tensor('x')],
      outputs: [tensor('y')],
    }),
  );
}

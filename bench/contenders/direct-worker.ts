import {parentPort, workerData} from 'node:worker_threads';
import {cpuBackend} from '../../devices/cpu/backend.js';
import {fromOrt, toOrt} from '../../devices/onnxruntime/ort-tensor.js';
import type {NamedTensors, TensorData} from '../../schemas/tensor.js';
import {buffersOf} from '../../src/plugin/tensor-buffers.js';

export interface DirectTask {
  readonly id: number;
  readonly tensors: NamedTensors;
}

/** The inputs come back, so that their buffers can be used again. */
export interface DirectResult extends DirectTask {
  readonly outputs: NamedTensors;
}

/*
 * What somebody would write who needs nothing but speed: a session, a port, and buffers that are
 * given back and forth.
 */

const session = await cpuBackend.open(workerData as Uint8Array, {
  threads: 1,
  weightsFile: undefined,
  optimize: true,
});

parentPort?.on('message', async ({id, tensors}: DirectTask) => {
  const feeds = Object.fromEntries([...tensors].map(([name, tensor]) => [name, toOrt(tensor)]));
  const results = await session.run(feeds);
  const outputs = new Map<string, TensorData>(
    session.outputNames.map(name => [name, fromOrt(name, results[name])]),
  );
  const result: DirectResult = {id, tensors, outputs};
  parentPort?.postMessage(result, [...buffersOf(tensors), ...buffersOf(outputs)]);
});
parentPort?.postMessage('ready');

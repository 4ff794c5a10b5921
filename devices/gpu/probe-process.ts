import {modelProto} from '../../src/network/model-proto.js';
import {nodeProto} from '../../src/network/node-proto.js';
import {writeModel} from '../../src/network/write-model.js';
import type {Placement} from './placement.js';
import type {ProbeAnswer} from './probe.js';
import {ThreadLock} from './thread-lock.js';

/*
 * A process of its own that computes x + x on one device of one provider. The provider's library,
 * its driver and the device may each be absent, crash, or never answer.
 */

const elements = 4096;

async function compute(placement: Placement): Promise<ProbeAnswer> {
  const {Tensor} = await import('onnxruntime-node');
  const {gpuBackend} = await import('./backend.js');
  const options = {threads: 1, weightsFile: undefined, optimize: false};
  const session = await gpuBackend({placement, lock: ThreadLock.memory()}).open(
    doubling(),
    options,
  );
  const data = Float32Array.from({length: elements}, (_, index) => index);
  const {y} = await session.run({x: new Tensor('float32', data, [elements])});
  const sums = y?.data as Float32Array;
  const right = data.every((element, index) => sums[index] === 2 * element);
  return right ? {works: true} : {works: false, why: 'it computes x + x wrongly'};
}

/** x -> Add x -> y */
function doubling(): Uint8Array {
  const tensor = (name: string) => ({name, type: 'f32', shape: [elements]}) as const;
  return writeModel(
    modelProto({
      name: 'probe',
      nodes: [nodeProto('Add', ['x', 'x'], ['y'])],
      inputs: [tensor('x')],
      outputs: [tensor('y')],
    }),
  );
}

async function answer(placement: Placement): Promise<ProbeAnswer> {
  try {
    return await compute(placement);
  } catch (error) {
    return {works: false, why: error instanceof Error ? error.message : String(error)};
  }
}

process.on('disconnect', () => process.exit());
process.on('message', async (placement: Placement) => {
  process.send?.(await answer(placement));
});

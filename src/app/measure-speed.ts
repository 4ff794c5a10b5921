import {modelProto} from '../network/model-proto.js';
import {nodeProto} from '../network/node-proto.js';
import {tensorProto} from '../network/tensor-proto.js';
import {writeModel} from '../network/write-model.js';
import type {Config, Plugin} from '../plugin/plugin.js';

/** Rows and columns of the matrices that are multiplied. */
const size = 192;
const runs = 4;
const runsUsMax = 500_000;

/**
 * How much a device does, in multiplications and additions per millisecond: the best of a few matrix
 * products, through the plugin as any network. 1 for a device that does not multiply matrices.
 */
export async function measureSpeed(plugin: Plugin, config: Config): Promise<number> {
  try {
    const executable = await plugin.loadNetwork({model: product(), weightsFile: undefined}, config);
    try {
      const shape = [size, size];
      let bestUs = Number.POSITIVE_INFINITY;
      for (let run = 0, spentUs = 0; run < runs && spentUs < runsUsMax; run++) {
        const x = {type: 'f32', shape, data: new Float32Array(size * size).fill(0.5)} as const;
        const tensors = new Map([['x', x]]);
        const {executeUs} = await executable.infer({tensors, owned: true, profile: false});
        spentUs += executeUs;
        bestUs = Math.min(bestUs, executeUs);
      }
      return Math.max(1, (size ** 3 / Math.max(1, bestUs)) * 1000);
    } finally {
      await executable.release();
    }
  } catch {
    return 1;
  }
}

function product(): Uint8Array {
  const shape = [size, size];
  const weights = new Float32Array(size * size).fill(0.25);
  return writeModel(
    modelProto({
      name: 'speed',
      nodes: [nodeProto('MatMul', ['x', 'w'], ['y'])],
      inputs: [{name: 'x', type: 'f32', shape}],
      outputs: [{name: 'y', type: 'f32', shape}],
      initializers: [tensorProto('w', {type: 'f32', shape, data: weights})],
    }),
  );
}

import {cpuBackend} from '../../../devices/cpu/backend.js';
import {fromOrt, toOrt} from '../../../devices/onnxruntime/ort-tensor.js';
import type {NamedTensors, TensorData} from '../../../schemas/tensor.js';

/**
 * The outputs of a network for each of `feeds`, undivided, from ONNX Runtime in this very thread.
 * Rejects with ONNX Runtime's own error.
 */
export async function directRun(
  model: Uint8Array,
  feeds: readonly NamedTensors[],
): Promise<readonly (readonly TensorData[])[]> {
  const session = await cpuBackend.open(model, {
    threads: 1,
    weightsFile: undefined,
    optimize: true,
  });
  try {
    const outputs: (readonly TensorData[])[] = [];
    for (const tensors of feeds) {
      const named = [...tensors].map(([name, tensor]) => [name, toOrt(tensor)] as const);
      const results = await session.run(Object.fromEntries(named));
      outputs.push(session.outputNames.map(name => fromOrt(name, results[name])));
    }
    return outputs;
  } finally {
    await session.release();
  }
}

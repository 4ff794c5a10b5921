import {createHash} from 'node:crypto';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {modelProto} from '../../src/network/model-proto.js';
import {nodeProto} from '../../src/network/node-proto.js';
import {parseModel} from '../../src/network/parse-model.js';
import {tensorProto} from '../../src/network/tensor-proto.js';
import {writeModel} from '../../src/network/write-model.js';
import {type Backend, compiledLocation} from './backend.js';
import {saveNetwork} from './save-network.js';

/**
 * What a network that is optimised here depends on, found by optimising a small one: which kernels
 * take over, and how their weights are laid out, differs from processor to processor (a convolution's
 * channels come in blocks as wide as a vector register) and from build to build. Two builds with
 * the same answer exchange optimised networks.
 */
export async function optimizationOf(backend: Backend): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'heterodyne-probe-'));
  try {
    await saveNetwork(backend, {model: probe(), weightsFile: undefined, folder});
    return digestOf(await readFile(join(folder, compiledLocation)));
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

/** Of what the network is made of, and not of its bytes: orders and generated names may vary. */
function digestOf(model: Uint8Array): string {
  const {node, initializer} = parseModel(model).graph;
  const operations = node.map(({domain, opType}) => `${domain}:${opType}`).sort();
  const tensors = initializer.map(({dataType, dims}) => `${dataType}[${dims}]`).sort();
  return createHash('sha256')
    .update(JSON.stringify([operations, tensors]))
    .digest('hex')
    .slice(0, 16);
}

/** Rounded up to 4, 8 or 16, it is another number each time. */
const channels = 36;

/** A convolution in float32 and in float16, and a quantised product: what vector units differ in. */
function probe(): Uint8Array {
  const values = (count: number) => Array.from({length: count}, (_, index) => (index % 7) - 3);
  const kernel = [channels, 16, 1, 1] as const;
  return writeModel(
    modelProto({
      name: 'probe',
      nodes: [
        nodeProto('Conv', ['x', 'kernel'], ['y']),
        nodeProto('Cast', ['x'], ['xHalf'], {to: 10n}),
        nodeProto('Conv', ['xHalf', 'kernelHalf'], ['yHalf']),
        nodeProto('DequantizeLinear', ['a', 'scale', 'aZero'], ['aReal']),
        nodeProto('DequantizeLinear', ['b', 'scale', 'bZero'], ['bReal']),
        nodeProto('MatMul', ['aReal', 'bReal'], ['cReal']),
        nodeProto('QuantizeLinear', ['cReal', 'scale', 'aZero'], ['c']),
      ],
      inputs: [
        {name: 'x', type: 'f32', shape: [1, 16, 8, 8]},
        {name: 'a', type: 'u8', shape: [4, 16]},
      ],
      outputs: [
        {name: 'y', type: 'f32', shape: [1, channels, 8, 8]},
        {name: 'yHalf', type: 'f16', shape: [1, channels, 8, 8]},
        {name: 'c', type: 'u8', shape: [4, 8]},
      ],
      initializers: [
        tensorProto('kernel', {
          type: 'f32',
          shape: kernel,
          data: Float32Array.from(values(channels * 16)),
        }),
        tensorProto('kernelHalf', {
          type: 'f16',
          shape: kernel,
          data: new Uint16Array(channels * 16),
        }),
        tensorProto('b', {type: 'i8', shape: [16, 8], data: Int8Array.from(values(128))}),
        tensorProto('scale', {type: 'f32', shape: [], data: Float32Array.of(0.5)}),
        tensorProto('aZero', {type: 'u8', shape: [], data: Uint8Array.of(3)}),
        tensorProto('bZero', {type: 'i8', shape: [], data: Int8Array.of(0)}),
      ],
    }),
  );
}

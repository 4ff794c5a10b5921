import {elementTypes, Tensor, type TensorData} from '../../../src/index.js';
import {floats, line, passThrough} from '../../support/cluster-networks.js';
import {giveAway} from '../../support/give-away.js';
import {sampleTensors} from '../../support/sample-tensors.js';
import {tensorOf} from '../../support/tensor-of.js';
import {type Check, load, splitLine} from './check.js';

/** Tensors of every type through devices and cuts, and whose their buffers are. */
export function tensors(check: Check): void {
  everyType(check);
  inputsStay(check);
  outputsAreOurs(check);
}

/** The samples, and a scalar and an empty tensor of each type. */
function allTensors(): ReadonlyMap<string, TensorData> {
  const all = new Map(sampleTensors);
  for (const type of elementTypes) {
    all.set(`${type} scalar`, tensorOf(type, [], [1]));
    all.set(`${type} empty`, tensorOf(type, [2, 0, 3]));
  }
  all.set('f32 bits', bits('f32', [0x7fc00123, 0xffc00001, 0x80000000, 0x7f800000, 1]));
  all.set('f64 bits', bits('f64', [0x123, 0x7ff80000, 0, 0x80000000]));
  all.set('f16 bits', {
    ...{type: 'f16', shape: [4], data: Uint16Array.of(0x7e01, 0x8000, 0xfc00, 1)},
  });
  return all;
}

/** Floating-point numbers by their bits: NaNs with a payload, -0, infinity, subnormals. */
function bits(type: 'f32' | 'f64', words: readonly number[]): TensorData {
  const {buffer} = Uint32Array.from(words);
  const data = type === 'f32' ? new Float32Array(buffer) : new Float64Array(buffer);
  return {type, shape: [data.length], data};
}

/** Type, shape and every bit. */
function inBits({type, shape, data}: TensorData): unknown {
  if (!ArrayBuffer.isView(data)) return {type, shape, data};
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
  return {type, shape, array: data.constructor.name, bytes};
}

function everyType(check: Check): void {
  const devicePairs = [
    ['CPU', 'CPU'],
    ['WASM', 'WASM'],
    ['CPU', 'WASM'],
    ['WASM', 'CPU'],
  ] as const;
  for (const [first, second] of devicePairs) {
    const path = first === second ? first : `${first} and then ${second}`;
    check(`tensors of every type pass ${path} to the last bit`, async (t, core) => {
      const given = allTensors();
      const entries = [...given.keys()].flatMap(name => [
        [`${name} first`, first],
        [`${name} second`, second],
      ]);
      const affinity = Object.fromEntries(entries);
      const executable = await load(t, core, passThrough(given), 'HETERO:CPU,WASM', {affinity});
      const {edges} = executable.stageGraph;
      const crossing = edges.filter(({from, to}) => from >= 0 && to >= 0);
      t.is(crossing.length, first === second ? 0 : given.size);
      const request = executable.createInferRequest();
      const outputs = await request.infer(Object.fromEntries(given));
      for (const [name, tensor] of given) {
        const output = outputs[`${name} out`];
        t.true(output instanceof Tensor);
        t.deepEqual(output && inBits(output), inBits(tensor), name);
      }
    });
  }
}

/** The same two numbers, in the kinds of memory that users have. */
function inputsInEveryMemory(): Readonly<Record<string, Float32Array>> {
  const shared = new Float32Array(new SharedArrayBuffer(8));
  const around = new Float32Array([9, 9, 9, 9, 9]);
  const small = Buffer.allocUnsafe(8);
  const all = {
    'an array of its own': new Float32Array(2),
    'a view into an array': around.subarray(1, 3),
    'shared memory': shared,
    'a pooled buffer': new Float32Array(small.buffer, small.byteOffset, 2),
  };
  for (const data of Object.values(all)) data.set([1, 2]);
  return all;
}

function inputsStay(check: Check): void {
  for (const device of ['CPU', 'WASM']) {
    check(`inputs are left as they are by ${device}`, async (t, core) => {
      const executable = await load(t, core, line(), device);
      for (const [what, data] of Object.entries(inputsInEveryMemory())) {
        const {buffer} = data;
        const bytes = buffer.byteLength;
        const before = Buffer.from(buffer).toString('hex');
        for (let time = 0; time < 2; time++) {
          const x = new Tensor('f32', [1, 2], data);
          const {y} = await executable.createInferRequest().infer({x});
          t.like(y, floats([3, 5], 2), what);
        }
        t.is(buffer.byteLength, bytes, what);
        if (bytes < 100) t.is(Buffer.from(buffer).toString('hex'), before, what);
        t.deepEqual([...data], [1, 2], what);
      }
    });
  }

  check('two inputs may be views of one array', async (t, core) => {
    const both: ReadonlyMap<string, TensorData> = new Map([
      ['a', floats([1, 2])],
      ['b', floats([3, 4])],
    ]);
    const executable = await load(t, core, passThrough(both), 'CPU');
    const {buffer} = Float32Array.of(1, 2, 3);
    const view = (from: number) => new Tensor('f32', [2], new Float32Array(buffer, from * 4, 2));
    const outputs = await executable.createInferRequest().infer({a: view(0), b: view(1)});
    t.deepEqual([...(outputs['a out']?.data ?? [])], [1, 2]);
    t.deepEqual([...(outputs['b out']?.data ?? [])], [2, 3]);
  });
}

function outputsAreOurs(check: Check): void {
  check('outputs may be changed, and given away', async (t, core) => {
    const executable = await splitLine(core);
    const request = executable.createInferRequest();
    const first = (await request.infer({x: floats([1, 2], 2)}))['y'];
    const {data} = request.getOutput('y');
    (data as Float32Array).fill(9);
    t.is(data.length, 2);
    const again = (await request.infer())['y'];
    t.like(again, floats([3, 5], 2));
    giveAway(again);
    t.like((await request.infer())['y'], floats([3, 5], 2));
    t.is(first?.data.length, 2);
  });
}

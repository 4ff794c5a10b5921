import type {TensorData} from '../../../../schemas/tensor.js';
import type {Behaviour} from './behaviour.js';
import {expectRefused, expectSame} from './behaviour-fault.js';
import {filled, floats, line, relu, sum} from './behaviour-networks.js';

const area = 'tensors';

export const ioTensors: readonly Behaviour[] = [
  {
    area,
    name: "the caller's tensors stay as they are",
    async run(bench) {
      const x = floats([-1, 2], [1, 2]);
      const request = (await bench.load(relu())).createInferRequest();
      for (const _ of [1, 2]) await request.infer({x});
      expectSame('input', x.data, Float32Array.of(-1, 2));
      expectSame('input that was set', request.getInput('x').data, x.data);
    },
  },
  {
    area,
    name: 'outputs that were read stay as they are while the request runs on',
    async run(bench) {
      const request = (await bench.load(line())).createInferRequest();
      const {y: first} = await request.infer({x: floats([1, 2], [1, 2])});
      const {y: second} = await request.infer({x: floats([10, 20], [1, 2])});
      expectSame('first output', first?.data, Float32Array.of(3, 5));
      expectSame('second output', second?.data, Float32Array.of(21, 41));
    },
  },
  {
    area,
    name: 'a tensor that is a view into a larger buffer is read where it begins',
    async run(bench) {
      const {buffer} = Float32Array.of(9, 9, 1, 2, 10, 20, 9);
      const view = (at: number): TensorData<'f32'> => {
        return {type: 'f32', shape: [1, 2], data: new Float32Array(buffer, at * 4, 2)};
      };
      const request = (await bench.load(sum())).createInferRequest();
      const {y} = await request.infer({a: view(2), b: view(4)});
      expectSame('output', y?.data, Float32Array.of(11, 22));
    },
  },
  {
    area,
    name: 'one tensor may be two inputs at once, and inputs of many runs',
    async run(bench) {
      const executable = await bench.load(sum());
      const a = floats([1, 2], [1, 2]);
      const runs = Array.from({length: 20}, () => executable.createInferRequest().infer({a, b: a}));
      for (const {y} of await Promise.all(runs)) {
        expectSame('output', y?.data, Float32Array.of(2, 4));
      }
    },
  },
  {
    area,
    name: 'numbers beside all numbers come back as they went in',
    async run(bench) {
      const request = (await bench.load(sum())).createInferRequest();
      const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-30];
      const {y} = await request.infer({a: floats(odd, [2, 2]), b: filled([2, 2], 0)});
      expectSame('output', [...(y?.data ?? [])], [...Float32Array.from(odd)]);
    },
  },
  {
    area,
    name: 'tensors of another type, shape or size, and unknown names, are refused',
    async run(bench) {
      const request = (await bench.load(relu())).createInferRequest();
      const integers: TensorData<'i32'> = {type: 'i32', shape: [1, 2], data: new Int32Array(2)};
      const short = {...floats([1, 2], [1, 2]), data: new Float32Array(1)};
      const cases = [
        ['TYPE_MISMATCH', {x: integers}],
        ['SHAPE_MISMATCH', {x: floats([1, 2, 3], [1, 3])}],
        ['SHAPE_MISMATCH', {x: floats([1, 2])}],
        ['SIZE_MISMATCH', {x: short}],
        ['UNKNOWN_INPUT', {z: floats([1, 2], [1, 2])}],
        ['MISSING_INPUT', {}],
      ] as const;
      for (const [code, inputs] of cases) {
        await expectRefused(code, code, () => request.infer(inputs));
      }
      await request.infer({x: floats([1, 2], [1, 2])});
      await expectRefused('an output', 'UNKNOWN_OUTPUT', () => request.getOutput('z'));
    },
  },
];

import {PrePostProcessor} from '../../../client/pre-post-processor.js';
import type {Behaviour} from './behaviour.js';
import {expectRefused, expectSame} from './behaviour-fault.js';
import {floats, line} from './behaviour-networks.js';

const area = 'batches';

export const batches: readonly Behaviour[] = [
  {
    area,
    name: 'separate tensors of one item each run as one batch',
    async run(bench) {
      const steps = new PrePostProcessor();
      steps.input('x').network({layout: 'NC'});
      const executable = await bench.loadWith(line(), {preprocessing: steps.build()});
      const request = executable.createInferRequest();
      request.setBatch(
        'x',
        [1, 2, 3].map(each => floats([each, 10 * each], [1, 2])),
      );
      const {y} = await request.infer();
      expectSame('shape', y?.shape, [3, 2]);
      expectSame('output', y?.data, Float32Array.of(3, 21, 5, 41, 7, 61));
    },
  },
  {
    area,
    name: 'a batch of unequal tensors, of none, or without a layout is refused',
    async run(bench) {
      const plain = (await bench.load(line())).createInferRequest();
      const item = floats([1, 2], [1, 2]);
      await expectRefused('no layout', 'INVALID_ARGUMENT', () => plain.setBatch('x', [item]));
      const steps = new PrePostProcessor();
      steps.input('x').network({layout: 'NC'});
      const executable = await bench.loadWith(line(), {preprocessing: steps.build()});
      const request = executable.createInferRequest();
      await expectRefused('none', 'INVALID_ARGUMENT', () => request.setBatch('x', []));
      const unequal = [item, floats([1, 2, 3], [1, 3])];
      await expectRefused('unequal', 'SHAPE_MISMATCH', () => request.setBatch('x', unequal));
    },
  },
];

import {PrePostProcessor} from '../../../src/index.js';
import {floats} from '../../support/cluster-networks.js';
import {NetworkBuilder} from '../../support/network-builder.js';
import {tensorOf} from '../../support/tensor-of.js';
import {type Check, rejects} from './check.js';

/** Pre- and postprocessing as stages of their own. */
export function processing(check: Check): void {
  check('images are scaled and turned before, and scores made likely after', async (t, core) => {
    const network = await core.readNetwork(channelMeans());
    const steps = new PrePostProcessor();
    const image = steps.input('image').tensor({type: 'u8', layout: 'NHWC'});
    image.convertElementType('f32').scale(255).convertLayout('NCHW');
    steps.output('scores').softmax(1);
    const executable = await core.loadNetwork(
      network,
      'HETERO:WASM,CPU',
      {},
      {
        preprocessing: steps.build(),
      },
    );
    t.teardown(() => executable.release());
    t.deepEqual(
      executable.stageGraph.stages.map(({role}) => role),
      ['preprocess', 'execute', 'postprocess'],
    );
    t.deepEqual(executable.inputs, [
      {name: 'image', type: 'u8', shape: ['n', 2, 2, 3], layout: 'NHWC'},
    ]);
    t.deepEqual(executable.outputs, [{name: 'scores', type: 'f32', shape: ['n', 3]}]);
    const pixels = [0, 255, 0, 0, 255, 0, 0, 255, 51, 0, 255, 51];
    const {scores} = await executable.createInferRequest().infer({
      image: tensorOf('u8', [1, 2, 2, 3], pixels),
    });
    const means = [0, 1, 0.1].map(Math.exp);
    const sum = means.reduce((all, each) => all + each, 0);
    t.deepEqual(scores?.shape, [1, 3]);
    for (const [at, mean] of means.entries()) {
      const score = Number(scores?.data[at]);
      t.true(Math.abs(score - mean / sum) < 1e-6, `${at}: ${score}`);
    }
    const wrong = executable.createInferRequest().infer({image: floats([1])});
    await rejects(t, wrong, 'TYPE_MISMATCH', 'image', 'u8', 'f32');
  });

  check('planes of luma and chroma are inputs of their own, on every device', async (t, core) => {
    const network = await core.readNetwork(channelMeans());
    for (const device of ['CPU', 'WASM']) {
      const steps = new PrePostProcessor();
      const image = steps.input('image').tensor({type: 'u8', color: 'NV12_TWO_PLANES'});
      image.network({layout: 'NCHW'}).convertColor('RGB');
      const options = {preprocessing: steps.build()};
      const executable = await core.loadNetwork(network, device, {}, options);
      t.teardown(() => executable.release());
      t.deepEqual(
        executable.inputs.map(({name}) => name),
        ['image/y', 'image/uv'],
      );
      const {scores} = await executable.createInferRequest().infer({
        'image/y': tensorOf('u8', [1, 2, 2, 1], [81, 81, 81, 81]),
        'image/uv': tensorOf('u8', [1, 1, 1, 2], [90, 240]),
      });
      t.deepEqual([...(scores?.data ?? [])], [254, 0, 0], device);
    }
  });

  check('a batch of separate images is preprocessed as one, by a network too', async (t, core) => {
    const network = await core.readNetwork(channelMeans());
    const steps = new PrePostProcessor();
    const image = steps.input('image').tensor({type: 'u8', layout: 'NHWC', spatial: 'dynamic'});
    image.network({layout: 'NCHW'}).convertElementType().resize('linear');
    image.custom(await core.readNetwork(negation()));
    const options = {preprocessing: steps.build()};
    const executable = await core.loadNetwork(network, 'HETERO:WASM,CPU', {}, options);
    t.teardown(() => executable.release());
    const request = executable.createInferRequest();
    request.setBatch('image', [
      tensorOf('u8', [1, 1, 1, 3], [10, 20, 30]),
      tensorOf('u8', [1, 1, 1, 3], [40, 50, 60]),
    ]);
    const {scores} = await request.infer();
    t.deepEqual(scores?.shape, [2, 3]);
    t.deepEqual([...(scores?.data ?? [])], [-10, -20, -30, -40, -50, -60]);
  });

  check('what is declared but not changed costs no stage', async (t, core) => {
    const network = await core.readNetwork(channelMeans());
    const steps = new PrePostProcessor();
    steps.input('image').network({layout: 'NCHW'});
    const options = {preprocessing: steps.build()};
    const executable = await core.loadNetwork(network, 'CPU', {}, options);
    t.teardown(() => executable.release());
    t.deepEqual(
      executable.stageGraph.stages.map(({role}) => role),
      ['execute'],
    );
    t.is(executable.inputs[0]?.layout, 'NCHW');
  });

  check('steps for what the network does not have are refused', async (t, core) => {
    const network = await core.readNetwork(channelMeans());
    const steps = new PrePostProcessor();
    steps.input('picture').convertElementType('f32');
    const loading = core.loadNetwork(network, 'CPU', {}, {preprocessing: steps.build()});
    await rejects(t, loading, 'UNKNOWN_INPUT', 'picture', 'image');
  });

  check('steps that cannot be done are refused with what is wrong', async (t, core) => {
    const network = await core.readNetwork(channelMeans());
    const wrong: readonly (readonly [(steps: PrePostProcessor) => unknown, string])[] = [
      [steps => steps.input('image').scale(0), 'expected no zero'],
      [steps => steps.input('image').mean([]), 'values'],
      [steps => steps.input('image').tensor({layout: 'nhwc'}), 'capital letters'],
      [steps => steps.input('image').resize('linear', {height: 0}), 'height'],
      [steps => steps.output('scores').softmax(9), 'axis'],
      [steps => steps.output('scores').softmax(5), '5'],
    ];
    for (const [add, text] of wrong) {
      const steps = new PrePostProcessor();
      add(steps);
      const loading = core.loadNetwork(network, 'CPU', {}, {preprocessing: steps.build()});
      await rejects(t, loading, 'INVALID_ARGUMENT', text);
    }
  });
}

/**
 *     image [n,3,2,2] -> ReduceMean over the pixels -> scores [n,3]
 */
function channelMeans(): Uint8Array {
  return new NetworkBuilder('channel means')
    .input('image', 'f32', ['n', 3, 2, 2])
    .node('ReduceMean', 'image', 'scores', {axes: [2n, 3n], keepdims: 0n})
    .output('scores', 'f32', ['n', 3])
    .bytes();
}

/**
 *     x [n,c,h,w] -> Neg -> y [n,c,h,w]
 */
function negation(): Uint8Array {
  return new NetworkBuilder('negation')
    .input('x', 'f32', ['n', 'c', 'h', 'w'])
    .node('Neg', 'x', 'y')
    .output('y', 'f32', ['n', 'c', 'h', 'w'])
    .bytes();
}

import type {TensorData} from '../../../schemas/tensor.js';
import type {ExecutableNetwork, StageGraph} from '../../../src/index.js';
import {floats} from '../../support/cluster-networks.js';
import {NetworkBuilder} from '../../support/network-builder.js';
import {quantizedConvnet, quantizedImages} from '../../support/quantized-network.js';
import {runModel} from '../../support/run-model.js';
import {tensorOf} from '../../support/tensor-of.js';
import {type Check, load} from './check.js';

const device = 'HETERO:WASM,CPU';

/** Networks of 8-bit integers: cut only where these are small, and right to the last bit. */
export function quantized(check: Check): void {
  check('a quantised network split by hand equals the undivided one', async (t, core) => {
    const image = quantizedImages();
    const expected = await runModel(quantizedConvnet(), new Map([['image', image]]), 'all');
    const {operations} = await core.readNetwork(quantizedConvnet());
    for (let count = 4; count < operations.length; count += 13) {
      const network = await core.readNetwork(quantizedConvnet());
      operations.forEach(({name}, at) => {
        network.setAffinity(name, at < count ? 'WASM' : 'CPU');
      });
      const executable = await core.loadNetwork(network, device);
      t.teardown(() => executable.release());
      t.deepEqual(await outputs(executable, image), expected.get('y'), `cut at ${count}`);
      t.deepEqual(crossingTypes(executable.stageGraph), ['u8']);
    }
  });

  check('what is queried of a quantised network is what is compiled', async (t, core) => {
    const network = await core.readNetwork(quantizedConvnet());
    const placed = [...(await core.queryNetwork(network, device)).keys()];
    const {stageGraph} = await core.planNetwork(network, device);
    const compiled = stageGraph.stages.flatMap(stage => stage.operations);
    t.deepEqual(compiled, placed);
    // Where the branches part, each has its own DequantizeLinear.
    t.true(placed.includes('DequantizeLinear_8#2'));
  });

  check('FakeQuantize, which no device knows, runs on any', async (t, core) => {
    const model = new NetworkBuilder('fake')
      .opset('org.openvinotoolkit', 1)
      .input('x', 'f32', [5])
      .initializer('low', tensorOf('f32', [], [-1]))
      .initializer('high', tensorOf('f32', [], [2]))
      .node('org.openvinotoolkit.FakeQuantize', 'x low high low high', 'f', {levels: 4n}, 'fake')
      .node('Neg', 'f', 'y', {}, 'negate')
      .output('y', 'f32', [5])
      .bytes();
    const executable = await load(t, core, model, device, {
      affinity: {fake: 'WASM', negate: 'CPU'},
    });
    const request = executable.createInferRequest();
    const {y} = await request.infer({x: floats([-3, -0.6, 0.4, 1.6, 9])});
    t.deepEqual([...(y?.data ?? [])], [1, 1, -0, -2, -2]);
  });

  check('with the transformations off a network stays as it is', async (t, core) => {
    const network = await core.readNetwork(quantizedConvnet());
    const names = network.operations.map(({name}) => name);
    for (const {name} of network.operations) {
      network.setAffinity(name, name === 'relu1' ? 'WASM' : 'CPU');
    }
    const config = {LP_TRANSFORMS_MODE: 'NO'};
    const placed = await core.queryNetwork(network, device, config);
    t.deepEqual([...placed.keys()], names);
    const {stageGraph} = await core.planNetwork(network, device, config);
    t.true(stageGraph.stages.some(({operations}) => operations.join() === 'relu1'));
    t.deepEqual(crossingTypes(stageGraph), ['f32']);
  });
}

async function outputs(executable: ExecutableNetwork, image: TensorData) {
  const {y} = await executable.createInferRequest().infer({image});
  return y === undefined ? undefined : {type: y.type, shape: y.shape, data: y.data};
}

/** Element types of the tensors between stages, each once. */
function crossingTypes({stages, edges}: StageGraph): readonly string[] {
  const between = edges.filter(({from, to}) => from >= 0 && to >= 0);
  const types = between.map(({from, output}) => {
    return stages[from]?.outputs.find(({name}) => name === output)?.type ?? 'unknown';
  });
  return [...new Set(types)];
}

import test, {type ExecutionContext} from 'ava';
import {createPluginEngine as createCpu} from '../../devices/cpu/index.js';
import {createPluginEngine as createTemplate} from '../../devices/template/index.js';
import {createPluginEngine as createWasm} from '../../devices/wasm/index.js';
import type {TensorData} from '../../schemas/tensor.js';
import type {Config, ExecutableNetwork, Plugin} from '../../src/plugin/plugin.js';
import {floats, lookUp, slow, slowInputs} from '../support/cluster-networks.js';
import {NetworkBuilder} from '../support/network-builder.js';
import {tensorOf} from '../support/tensor-of.js';

const plugins: Readonly<Record<string, () => Plugin>> = {
  CPU: createCpu,
  WASM: createWasm,
  TEMPLATE: createTemplate,
};

const x = tensorOf('f32', [1, 1, 4, 4], [...Array(16).keys()]);

// x -> conv -> relu -> scale -> y, where scale's factor is folded from a constant
const model = new NetworkBuilder()
  .input('x', 'f32', [1, 1, 4, 4])
  .initializer('w', tensorOf('f32', [1, 1, 2, 2], [1, -1, 2, 1]))
  .initializer('two', tensorOf('f32', [1], [2]))
  .node('Conv', 'x w', 'c', {}, 'conv')
  .node('Relu', 'c', 'r', {}, 'relu')
  .node('Neg', 'two', 'factor', {}, 'negate')
  .node('Mul', 'r factor', 'y', {}, 'scale')
  .output('y')
  .bytes();

for (const [name, create] of Object.entries(plugins)) {
  const load = async (
    t: ExecutionContext,
    config: Config,
    bytes = model,
  ): Promise<ExecutableNetwork> => {
    const plugin = create();
    t.teardown(() => plugin.close());
    const network = await plugin.loadNetwork({model: bytes, weightsFile: undefined}, config);
    t.teardown(() => network.release());
    return network;
  };
  const infer = (network: ExecutableNetwork, profile: boolean) =>
    network.infer({tensors: new Map([['x', x]]), owned: false, profile});

  test.serial(`${name}: every operation is measured, folded or fused`, async t => {
    const network = await load(t, {PERF_COUNT: true, NUM_STREAMS: 1});
    const {counters, executeUs} = await infer(network, true);
    const operations = counters?.operations ?? [];
    const byName = new Map(operations.map(each => [each.name, each]));
    t.deepEqual([...byName.keys()].slice(0, 4), ['conv', 'relu', 'negate', 'scale']);
    t.like(byName.get('conv'), {status: 'EXECUTED', nodeType: 'Conv'});
    t.like(byName.get('negate'), {status: 'OPTIMIZED_OUT', realUs: 0, execType: ''});
    const fused = new Set(operations.flatMap(each => each.fused));
    for (const {name: operation, status, execType, outputTypes} of operations) {
      t.is(status === 'EXECUTED', execType !== '', operation);
      // ONNX Runtime blocks channels by 16.
      if (status === 'EXECUTED') t.regex(outputTypes.join(), /^f32\[1,(1|16),\d,\d\]$/);
      if (status === 'OPTIMIZED_OUT') t.true(fused.has(operation) || operation === 'negate');
    }
    const sumUs = operations.reduce((sum, {realUs}) => sum + realUs, 0);
    t.true(sumUs <= executeUs + 1, `${sumUs} µs of operations in ${executeUs} µs`);
  });

  test.serial(`${name}: each stage of the pipeline is measured`, async t => {
    const network = await load(t, {PERF_COUNT: true, NUM_STREAMS: 1});
    const {counters} = await infer(network, true);
    t.deepEqual(Object.keys(counters?.pipelineUs ?? {}), [
      'inferPreprocess',
      'startPipeline',
      'waitPipeline',
      'inferPostprocess',
    ]);
  });

  test.serial(`${name}: what is measured gives what is not measured`, async t => {
    const network = await load(t, {PERF_COUNT: true, NUM_STREAMS: 1});
    const [measured, plain] = [await infer(network, true), await infer(network, false)];
    t.is(plain.counters, undefined);
    t.deepEqual(measured.tensors, plain.tensors);
  });

  test.serial(`${name}: without PERF_COUNT nothing is measured`, async t => {
    const network = await load(t, {NUM_STREAMS: 1});
    t.is((await infer(network, true)).counters, undefined);
  });

  test.serial(`${name}: a request that does not fit fails as it does unmeasured`, async t => {
    const network = await load(t, {PERF_COUNT: true, NUM_STREAMS: 1});
    const tensors = new Map([['x', tensorOf('f32', [4], [1, 2, 3, 4])]]);
    const wrong = network.infer({tensors, owned: false, profile: true});
    t.like(await t.throwsAsync(wrong), {code: 'SHAPE_MISMATCH'});
    t.truthy((await infer(network, true)).counters);
  });

  test.serial(`${name}: a kernel that fails while it is measured fails the inference`, async t => {
    const network = await load(t, {PERF_COUNT: true, NUM_STREAMS: 1}, lookUp());
    const inferAt = (at: bigint) => {
      const indices = {type: 'i64', shape: [1], data: BigInt64Array.of(at)} as const;
      const tensors = new Map<string, TensorData>([
        ['x', floats([4, 5])],
        ['at', indices],
      ]);
      return network.infer({tensors, owned: false, profile: true});
    };
    t.like(await t.throwsAsync(inferAt(7n)), {code: 'STAGE_FAILED', operation: 'look up'});
    const {tensors, counters} = await inferAt(1n);
    t.deepEqual([...(tensors.get('y')?.data ?? [])], [5]);
    t.like(counters?.operations[0], {name: 'look up', status: 'EXECUTED'});
  });

  test.serial(`${name}: an initializer that is overridden is, measured or not`, async t => {
    const scaled = new NetworkBuilder()
      .input('x', 'f32', [2])
      .overridable('by', tensorOf('f32', [1], [2]))
      .node('Mul', 'x by', 'y', {}, 'scale')
      .output('y')
      .bytes();
    const network = await load(t, {PERF_COUNT: true, NUM_STREAMS: 1}, scaled);
    const tensors = new Map([
      ['x', tensorOf('f32', [2], [1, 2])],
      ['by', tensorOf('f32', [1], [10])],
    ]);
    const {tensors: made, counters} = await network.infer({tensors, owned: false, profile: true});
    t.deepEqual([...(made.get('y')?.data ?? [])], [10, 20]);
    t.like(counters?.operations[0], {name: 'scale', status: 'EXECUTED'});
  });

  test.serial(`${name}: the runtime graph has the kernels of all operations that vary`, async t => {
    const network = await load(t, {NUM_STREAMS: 1});
    const {nodes} = (await network.getRuntimeGraph?.()) ?? {nodes: []};
    const originals = nodes.flatMap(node => node.originals);
    t.deepEqual(originals.toSorted(), ['conv', 'relu', 'scale']);
    t.deepEqual(nodes.at(0)?.inputs, ['x']);
    t.deepEqual(nodes.at(-1)?.outputs, ['y']);
  });
}

for (const create of [createCpu, createWasm]) {
  test.serial(
    `${create().name}: what runs in a body counts to the operation with the body`,
    async t => {
      const plugin = create();
      t.teardown(() => plugin.close());
      const config = {PERF_COUNT: true, NUM_STREAMS: 1};
      const network = await plugin.loadNetwork({model: slow(), weightsFile: undefined}, config);
      t.teardown(() => network.release());
      const tensors = new Map(Object.entries(slowInputs(20)));
      const {counters, executeUs} = await network.infer({tensors, owned: false, profile: true});
      t.deepEqual(
        counters?.operations.map(each => [each.name, each.status]),
        [['Loop_0', 'EXECUTED']],
      );
      t.true((counters?.operations[0]?.realUs ?? 0) <= executeUs + 1);
    },
  );
}

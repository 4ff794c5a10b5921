import type {ExecutionContext} from 'ava';
import type {PerformanceCounts} from '../../../src/index.js';
import {floats, line, slow, slowInputs} from '../../support/cluster-networks.js';
import {type Check, load, rejects} from './check.js';

const split = {Mul_0: 'WASM', shift: 'CPU'};
const measured = {config: {PERF_COUNT: true}, affinity: split};

/** Performance counters and runtime graphs. */
export function profiling(check: Check): void {
  counting(check);
  refusing(check);
  virtual(check);
  runtimeGraphs(check);
}

function counting(check: Check): void {
  check('a request tells what each stage and each operation took', async (t, core) => {
    const executable = await load(t, core, line(), 'HETERO:WASM,CPU', measured);
    const request = executable.createInferRequest();
    const {y} = await request.infer({x: floats([1, 2], 2)});
    t.deepEqual([...(y?.data ?? [])], [3, 5]);
    const counts = request.getPerformanceCounts();
    t.deepEqual(
      counts.stages.map(({stage, device}) => [stage, device.split('/')[1]]),
      [
        [0, 'WASM'],
        [1, 'CPU'],
      ],
    );
    t.like(operation(counts, 'Mul_0'), {status: 'EXECUTED', nodeType: 'Mul', execType: 'Mul'});
    t.is(operation(counts, 'Mul_0')?.stage, executable.stageGraph.stages[0]?.name);
    t.like(operation(counts, 'shift'), {status: 'EXECUTED', nodeType: 'Add'});
    addsUp(t, counts);
  });

  check('every run is measured anew, unless it is not to be', async (t, core) => {
    const executable = await load(t, core, line(), 'CPU', {config: {PERF_COUNT: true}});
    const request = executable.createInferRequest();
    await request.infer({x: floats([1, 2], 2)});
    const first = request.getPerformanceCounts();
    await request.infer();
    t.notDeepEqual(request.getPerformanceCounts(), first);
    await request.infer({}, {profile: false});
    await rejects(t, () => request.getPerformanceCounts(), 'NOT_STARTED');
  });
}

function virtual(check: Check): void {
  check('each request of MULTI tells the device that it ran on', async (t, core) => {
    const config = {PERF_COUNT: true};
    const executable = await load(t, core, line(), 'MULTI:CPU(1),WASM(1)', {config});
    const counts = await Promise.all(
      [1, 2, 3, 4].map(async value => {
        const request = executable.createInferRequest();
        await request.infer({x: floats([value, 1], 2)});
        return request.getPerformanceCounts();
      }),
    );
    const devices = counts.map(({stages}) => stages.map(({device}) => device.split('/')[1]));
    t.deepEqual([...new Set(devices.flat())].sort(), ['CPU', 'WASM']);
    for (const each of counts) {
      t.is(each.stages.length, 1);
      addsUp(t, each);
    }
    for (const {device, stageGraph} of executable.variants) {
      const {nodes} = await executable.getRuntimeGraph({stageGraph});
      t.true(
        nodes.every(node => node.device.endsWith(device) && node.execUs !== null),
        device,
      );
    }
  });

  check('requests that BATCH runs as one are all told what that took', async (t, core) => {
    const config = {PERF_COUNT: true, AUTO_BATCH_TIMEOUT: 5000};
    const executable = await load(t, core, line([1, 2]), 'BATCH:CPU(2)', {config});
    const [one, other] = await Promise.all(
      [1, 2].map(async value => {
        const request = executable.createInferRequest();
        await request.infer({x: floats([value, 1], 2)});
        return request.getPerformanceCounts();
      }),
    );
    t.deepEqual(one?.operations, other?.operations);
    t.deepEqual(
      one?.operations.map(({outputTypes}) => outputTypes),
      [['f32[2,2]'], ['f32[2,2]']],
    );
  });

  check('a network that was imported is measured as one that was loaded', async (t, core) => {
    const loaded = await load(t, core, line(), 'HETERO:WASM,CPU', measured);
    const blob = await loaded.exportNetwork();
    const executable = await core.importNetwork(blob);
    t.teardown(() => executable.release());
    const request = executable.createInferRequest();
    await request.infer({x: floats([1, 2], 2)});
    const counts = request.getPerformanceCounts();
    t.deepEqual(
      counts.operations.map(({name, status}) => [name, status]),
      [
        ['Mul_0', 'EXECUTED'],
        ['shift', 'EXECUTED'],
      ],
    );
    addsUp(t, counts);
  });
}

function runtimeGraphs(check: Check): void {
  check('the runtime graph has the kernels of all stages, with their times', async (t, core) => {
    const executable = await load(t, core, line(), 'HETERO:WASM,CPU', measured);
    const before = await executable.getRuntimeGraph();
    t.deepEqual(
      before.nodes.map(({name, execUs}) => [name, execUs]),
      [
        ['Mul_0', null],
        ['shift', null],
      ],
    );
    const request = executable.createInferRequest();
    const timesUs: number[] = [];
    for (const value of [1, 2, 3]) {
      await request.infer({x: floats([value, 2], 2)});
      timesUs.push(operation(request.getPerformanceCounts(), 'shift')?.realUs ?? 0);
    }
    const {nodes, inputs} = await executable.getRuntimeGraph();
    t.like(nodes[0], {inputs: ['x'], device: executable.stageGraph.stages[0]?.replicas[0]?.device});
    t.like(nodes[1], {inputs: nodes[0]?.outputs, outputs: ['y'], originals: ['shift']});
    t.deepEqual(nodes[1]?.outputTypes, ['f32[1,2]']);
    const meanUs = timesUs.reduce((sum, each) => sum + each, 0) / timesUs.length;
    t.true(Math.abs((nodes[1]?.execUs ?? 0) - meanUs) < 0.001);
    t.deepEqual(inputs, executable.inputs);
  });

  check('a runtime graph is drawn, and read as ONNX', async (t, core) => {
    const executable = await load(t, core, line(), 'HETERO:WASM,CPU', measured);
    const graph = await executable.getRuntimeGraph();
    const {operations} = await core.readNetwork(graph.toOnnx());
    t.deepEqual(
      operations.map(({name}) => name),
      ['Mul_0', 'shift'],
    );
    t.regex(graph.toDot(), /^digraph/);
    t.regex(graph.toSvg(), /^<svg/);
    await executable.release();
    await rejects(t, executable.getRuntimeGraph(), 'RELEASED');
  });
}

function refusing(check: Check): void {
  check('without PERF_COUNT there are no counters', async (t, core) => {
    const request = (await load(t, core, line(), 'CPU')).createInferRequest();
    await request.infer({x: floats([1, 2], 2)});
    await rejects(t, () => request.getPerformanceCounts(), 'INVALID_CONFIG_VALUE', 'PERF_COUNT');
    const wish = () => request.infer({}, {profile: true});
    await rejects(t, wish, 'INVALID_CONFIG_VALUE', 'PERF_COUNT');
  });

  check('before the end of a run there are no counters', async (t, core) => {
    const executable = await load(t, core, slow(), 'CPU', {config: {PERF_COUNT: 'YES'}});
    const request = executable.createInferRequest();
    await rejects(t, () => request.getPerformanceCounts(), 'NOT_STARTED');
    const {x, rounds} = slowInputs(2000);
    request.setInput('x', x);
    request.setInput('rounds', rounds);
    request.startAsync();
    await rejects(t, () => request.getPerformanceCounts(), 'BUSY');
    t.true(await request.wait());
    addsUp(t, request.getPerformanceCounts());
  });

  check('a run that failed has no counters, but its error', async (t, core) => {
    const executable = await load(t, core, line(), 'CPU', {config: {PERF_COUNT: true}});
    const request = executable.createInferRequest();
    request.setInput('x', floats([1, 2], 2));
    request.startAsync();
    request.cancel();
    await rejects(t, request.wait(), 'CANCELLED');
    await rejects(t, () => request.getPerformanceCounts(), 'CANCELLED');
  });
}

function operation({operations}: PerformanceCounts, wanted: string) {
  return operations.find(({name}) => name === wanted);
}

/** Parts are no longer than wholes. */
function addsUp(t: ExecutionContext, counts: PerformanceCounts): void {
  for (const {name, executeUs, operations, pipelineUs} of counts.stages) {
    const sumUs = operations.reduce((sum, {realUs}) => sum + realUs, 0);
    t.true(sumUs <= executeUs + 1, `${name}: ${sumUs} of ${executeUs} µs`);
    t.true((pipelineUs.waitPipeline ?? 0) >= executeUs, name);
  }
  const stagesUs = counts.stages.reduce(
    (sum, each) => sum + each.queueUs + each.transferUs + each.executeUs + each.measuringUs,
    0,
  );
  const {totalUs, queueUs, transferUs} = counts;
  // The stages are one after the other.
  const differenceUs = Math.abs(queueUs + transferUs + stagesUs - totalUs);
  t.true(differenceUs <= 1, `${queueUs} + ${transferUs} + ${stagesUs} is not ${totalUs} µs`);
}

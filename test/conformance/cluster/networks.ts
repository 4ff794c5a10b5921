import {mkdir, rename, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {floats, line, lineOperations, skip} from '../../support/cluster-networks.js';
import {externalNetwork} from '../../support/external-network.js';
import {NetworkBuilder} from '../../support/network-builder.js';
import {runModel} from '../../support/run-model.js';
import {temporaryFolder} from '../../support/temporary-folder.js';
import {tensorOf} from '../../support/tensor-of.js';
import {type Check, load, rejects} from './check.js';

/** Devices, networks, and how networks are split over devices. */
export function networks(check: Check): void {
  devices(check);
  reading(check);
  asking(check);
  splitting(check);
}

function devices(check: Check): void {
  check('the available devices are the kinds, then those of several nodes', async (t, core) => {
    const names = await core.getAvailableDevices();
    t.deepEqual(names.slice(0, 2), ['CPU', 'WASM']);
    const descriptions = await core.getDeviceDescriptions();
    t.deepEqual(descriptions.map(({kind}) => kind).sort(), ['CPU', 'WASM']);
    const qualified = descriptions.map(({name}) => name).sort();
    const nodes = new Set(descriptions.map(({node}) => node));
    t.deepEqual(names.slice(2), nodes.size > 1 ? qualified : []);
    for (const {name, node, kind, fullName, capabilities} of descriptions) {
      t.is(name, `${node}/${kind}`);
      t.not(fullName, '');
      t.true(capabilities.includes('FP32'));
    }
  });

  check('a device can be meant by its full name', async (t, core) => {
    for (const {name} of await core.getDeviceDescriptions()) {
      const executable = await load(t, core, line(), name);
      t.deepEqual(
        executable.stageGraph.stages.map(({replicas}) => replicas.map(({device}) => device)),
        [[name]],
      );
    }
  });
}

function reading(check: Check): void {
  check('a network is the same read from its path and from its bytes', async (t, core) => {
    const path = join(await temporaryFolder(t), 'line.onnx');
    await writeFile(path, line());
    for (const source of [path, line()]) {
      const network = await core.readNetwork(source);
      t.is(network.name, 'line');
      t.deepEqual(network.inputs, [{name: 'x', type: 'f32', shape: ['batch', 2]}]);
      t.deepEqual(network.outputs, [{name: 'y', type: 'f32', shape: ['batch', 2]}]);
      t.deepEqual(network.operations, [
        {name: 'Mul_0', type: 'Mul'},
        {name: 'shift', type: 'Add'},
      ]);
    }
  });

  check('operations get unique names, always the same', async (t, core) => {
    const model = new NetworkBuilder()
      .input('x', 'f32', [2])
      .node('Relu', 'x', 'a', {}, 'same')
      .node('Relu', 'a', 'b', {}, 'same')
      .node('Relu', 'b', 'c')
      .node('com.microsoft.Gelu', 'c', 'y')
      .opset('com.microsoft', 1)
      .output('y')
      .bytes();
    for (let time = 0; time < 2; time++) {
      const {operations} = await core.readNetwork(model);
      const names = ['same', 'same#2', 'Relu_2', 'com.microsoft.Gelu_3'];
      t.deepEqual(
        operations.map(({name}) => name),
        names,
      );
    }
  });

  check('weights beside the network go to the stages that read them', async (t, core) => {
    const folder = await temporaryFolder(t);
    const {bytes, files, inputs} = externalNetwork();
    const path = join(folder, 'whole.onnx');
    await writeFile(path, bytes);
    for (const [name, content] of files) {
      await writeFile(join(folder, name.split('/').at(-1) ?? ''), content);
    }
    await rejects(t, core.readNetwork(path), 'FILE_UNREADABLE', 'b.bin');
    await rejects(t, core.readNetwork(bytes), 'FILE_UNREADABLE', 'by its path');
    await mkdir(join(folder, 'folder'));
    await rename(join(folder, 'b.bin'), join(folder, 'folder', 'b.bin'));
    const network = await core.readNetwork(path);
    const devices = ['CPU', 'WASM', 'CPU'];
    network.operations.forEach(({name}, at) => void network.setAffinity(name, devices[at] ?? ''));
    const executable = await core.loadNetwork(network, 'HETERO:CPU,WASM');
    t.teardown(() => executable.release());
    const outputs = await executable.createInferRequest().infer(Object.fromEntries(inputs));
    const expected = await runModel(path, inputs);
    for (const [name, tensor] of expected) t.like(outputs[name], tensor);
  });
}

function asking(check: Check): void {
  check('a query names for every operation the device that would run it', async (t, core) => {
    const network = await core.readNetwork(line());
    const placements = await core.queryNetwork(network, 'HETERO:WASM,CPU');
    t.deepEqual([...placements.keys()], [...lineOperations]);
    for (const placement of placements.values()) t.like(placement, {device: 'WASM'});
  });

  check('a query names every reason against an operation', async (t, core) => {
    const network = await core.readNetwork(unheard());
    const placements = await core.queryNetwork(network, 'HETERO:WASM,CPU');
    t.like(placements.get('Relu_0'), {device: 'WASM'});
    const refused = placements.get('odd');
    t.true(refused !== undefined && 'reasons' in refused);
    if (refused === undefined || !('reasons' in refused)) return;
    t.deepEqual(Object.keys(refused.reasons).sort(), ['CPU', 'WASM']);
    for (const reason of Object.values(refused.reasons)) t.regex(reason, /Unheard/);
  });

  check('a plan is what loading does', async (t, core) => {
    const network = await core.readNetwork(line());
    network.setAffinity('Mul_0', 'WASM');
    network.setAffinity('shift', 'CPU');
    const plan = await core.planNetwork(network, 'HETERO:WASM,CPU');
    t.is(plan.network, 'line');
    t.like(plan.affinity, {Mul_0: {device: 'WASM'}, shift: {device: 'CPU'}});
    const executable = await core.loadNetwork(network, 'HETERO:WASM,CPU');
    t.teardown(() => executable.release());
    t.deepEqual(plan.stageGraph.edges, executable.stageGraph.edges);
    const unplaced = executable.stageGraph.stages.map(stage => ({...stage, replicas: []}));
    t.deepEqual(
      plan.stageGraph.stages.map(stage => ({...stage, replicas: []})),
      unplaced,
    );
  });
}

function splitting(check: Check): void {
  for (const device of ['CPU', 'WASM', 'HETERO:WASM,CPU']) {
    check(`a network runs whole on ${device}`, async (t, core) => {
      const executable = await load(t, core, line(), device);
      t.is(executable.stageGraph.stages.length, 1);
      const {y} = await executable.createInferRequest().infer({x: floats([1, 2], 2)});
      t.like(y, floats([3, 5], 2));
    });
  }

  check('affinity by hand decides where each operation runs', async (t, core) => {
    for (const [first, second] of [
      ['CPU', 'WASM'],
      ['WASM', 'CPU'],
    ] as const) {
      const affinity = {Mul_0: first, shift: second};
      const executable = await load(t, core, line(), 'HETERO:WASM,CPU', {affinity});
      const {stages, edges} = executable.stageGraph;
      t.deepEqual(
        stages.map(({device, operations}) => [device, operations]),
        [
          [first, ['Mul_0']],
          [second, ['shift']],
        ],
      );
      t.deepEqual(
        edges.map(({from, output, to, input}) => [from, output, to, input]),
        [
          [-1, 'x', 0, 'x'],
          [0, 'doubled', 1, 'doubled'],
          [1, 'y', -1, 'y'],
        ],
      );
      const {y} = await executable.createInferRequest().infer({x: floats([1, 2], 2)});
      t.like(y, floats([3, 5], 2));
    }
  });

  check('an input that two stages read and an output used inside arrive', async (t, core) => {
    const affinity = {Neg_0: 'CPU', Abs_1: 'WASM', Add_2: 'CPU'};
    const executable = await load(t, core, skip(), 'HETERO:WASM,CPU', {affinity});
    t.is(executable.stageGraph.stages.length, 3);
    const outputs = await executable.createInferRequest().infer({x: floats([1, -2])});
    t.deepEqual(Object.keys(outputs), ['a', 'y']);
    t.like(outputs['a'], floats([-1, 2]));
    t.like(outputs['y'], floats([2, 0]));
  });

  check('symbolic dimensions keep their names and take any size', async (t, core) => {
    const affinity = {Mul_0: 'WASM', shift: 'CPU'};
    const executable = await load(t, core, line(['batch', 2]), 'HETERO:WASM,CPU', {affinity});
    t.deepEqual(executable.inputs, [{name: 'x', type: 'f32', shape: ['batch', 2]}]);
    t.deepEqual(executable.outputs, [{name: 'y', type: 'f32', shape: ['batch', 2]}]);
    const [first, second] = executable.stageGraph.stages;
    t.deepEqual(first?.outputs, [{name: 'doubled', type: 'f32', shape: ['batch', 2]}]);
    t.deepEqual(second?.inputs, first?.outputs);
    const request = executable.createInferRequest();
    for (const rows of [1, 3, 0, 2]) {
      const x = floats(new Array(rows * 2).fill(2), 2);
      const {y} = await request.infer({x});
      t.deepEqual(y?.shape, [rows, 2]);
      t.deepEqual(y?.data, new Float32Array(rows * 2).fill(5));
    }
  });

  check('a random operation runs once, wherever its value goes', async (t, core) => {
    const model = new NetworkBuilder('random')
      .input('x', 'f32', [64])
      .node('RandomNormalLike', 'x', 'drawn')
      .node('Neg', 'drawn', 'a')
      .node('Neg', 'drawn', 'b')
      .output('a', 'f32', [64])
      .output('b', 'f32', [64])
      .bytes();
    const affinity = {RandomNormalLike_0: 'CPU', Neg_1: 'CPU', Neg_2: 'WASM'};
    const executable = await load(t, core, model, 'HETERO:WASM,CPU', {affinity});
    const request = executable.createInferRequest();
    const first = await request.infer({x: tensorOf('f32', [64])});
    const second = await request.infer();
    t.deepEqual(first['a'], first['b']);
    t.deepEqual(second['a'], second['b']);
    t.notDeepEqual(first['a'], second['a']);
  });

  check('an output that is an input, and one that is an initializer', async (t, core) => {
    const model = new NetworkBuilder('echo')
      .input('x', 'f32', [2])
      .initializer('fixed', floats([7, 8]))
      .node('Neg', 'x', 'y')
      .output('x', 'f32', [2])
      .output('fixed', 'f32', [2])
      .output('y', 'f32', [2])
      .bytes();
    const executable = await load(t, core, model, 'CPU');
    const outputs = await executable.createInferRequest().infer({x: floats([1, 2])});
    t.deepEqual(Object.keys(outputs), ['x', 'fixed', 'y']);
    t.like(outputs['x'], floats([1, 2]));
    t.like(outputs['fixed'], floats([7, 8]));
    t.like(outputs['y'], floats([-1, -2]));
  });
}

/**
 *     x -> Relu -> a -> nobody.Unheard (named 'odd') -> y
 */
export function unheard(): Uint8Array {
  return new NetworkBuilder('unheard')
    .opset('nobody', 1)
    .input('x', 'f32', [2])
    .node('Relu', 'x', 'a')
    .node('nobody.Unheard', 'a', 'y', {}, 'odd')
    .output('y', 'f32', [2])
    .bytes();
}

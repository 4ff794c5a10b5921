import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {metricProperties} from '../../schemas/metrics.js';
import type {NamedTensors, TensorData} from '../../schemas/tensor.js';
import {InferenceError} from '../../src/errors.js';
import {deviceProperties} from '../../src/plugin/device-properties.js';
import type {Config, ExecutableNetwork, InferenceResult, Plugin} from '../../src/plugin/plugin.js';
import {externalTensorProto} from '../support/external-network.js';
import {NetworkBuilder} from '../support/network-builder.js';
import {sampleTensors} from '../support/sample-tensors.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {tensorOf} from '../support/tensor-of.js';

type Check = (title: string, run: (t: ExecutionContext, plugin: Plugin) => Promise<void>) => void;

/** What every plugin keeps, whatever device it knows. */
export function conformsToPlugin(name: string, create: () => Plugin | Promise<Plugin>): void {
  // Serial: each loads networks on threads of its own.
  const check: Check = (title, run) =>
    test.serial(`${name}: ${title}`, async t => {
      const plugin = await create();
      t.teardown(() => plugin.close());
      await run(t, plugin);
    });

  describesDevices(check);
  answersQueries(check);
  loads(check);
  infers(check);
  leavesTensors(check);
  fails(check);
  bounds(check);
  refusesConfig(check);
}

function describesDevices(check: Check): void {
  check('a device tells its full name and what it is capable of', async (t, plugin) => {
    const devices = await plugin.devices();
    t.true(devices.length > 0);
    for (const {fullName, capabilities} of devices) {
      t.not(fullName, '');
      t.true(capabilities.includes('FP32'));
    }
    t.is(new Set(devices.map(({id}) => id)).size, devices.length);
  });

  check('a device tells its metrics, each of the type that is promised', async (t, plugin) => {
    for (const device of await plugin.devices()) {
      const {metrics, config} = await deviceProperties(plugin, device);
      t.deepEqual(metrics['SUPPORTED_METRICS'], Object.keys(metrics));
      t.deepEqual(metrics['SUPPORTED_CONFIG_KEYS'], Object.keys(config));
      for (const [key, {schema}] of Object.entries(metricProperties)) {
        if (key in metrics) t.true(schema.safeParse(metrics[key]).success, key);
      }
    }
  });
}

function answersQueries(check: Check): void {
  check('every operation of a plain network is supported', async (t, plugin) => {
    const support = await plugin.queryNetwork({model: perceptron(), weightsFile: undefined}, {});
    t.deepEqual(support, [
      {name: 'MatMul_0', supported: true},
      {name: 'Add_1', supported: true},
      {name: 'Relu_2', supported: true},
    ]);
  });

  check('an operation that nobody knows is refused, and only that one', async (t, plugin) => {
    const model = new NetworkBuilder()
      .input('x', 'f32', [2])
      .node('Relu', 'x', 'a')
      .opset('nobody', 1)
      .node('nobody.Unheard', 'x', 'y')
      .node('Add', 'x a', 'z')
      .output('y', 'f32', [2])
      .output('z', 'f32', [2])
      .bytes();
    const support = await plugin.queryNetwork({model, weightsFile: undefined}, {});
    t.deepEqual(
      support.map(({supported}) => supported),
      [true, false, true],
    );
    const refused = support.find(each => !each.supported);
    t.regex(refused?.supported === false ? refused.reason : '', /Unheard/);
  });

  check('a query of what is no network is rejected', async (t, plugin) => {
    const source = {model: Uint8Array.of(1, 2, 3), weightsFile: undefined};
    await throwsCode(t, plugin.queryNetwork(source, {}), 'INVALID_NETWORK');
  });
}

function loads(check: Check): void {
  check('an executable network tells its inputs and outputs', async (t, plugin) => {
    const model = new NetworkBuilder()
      .input('x', 'f32', ['batch', 3])
      .input('scale', 'f32', [])
      .node('Mul', 'x scale', 'y')
      .node('Shape', 'y', 'size')
      .output('y')
      .output('size')
      .bytes();
    const network = await load(t, plugin, model);
    t.deepEqual(network.inputs, [
      {name: 'x', type: 'f32', shape: ['batch', 3]},
      {name: 'scale', type: 'f32', shape: []},
    ]);
    t.deepEqual(network.outputs, [
      {name: 'y', type: 'f32', shape: ['batch', 3]},
      {name: 'size', type: 'i64', shape: [2]},
    ]);
  });

  check('weights are read from a file beside the network', async (t, plugin) => {
    const folder = await temporaryFolder(t);
    const weightsFile = join(folder, 'content');
    await writeFile(weightsFile, new Uint8Array(Float32Array.of(0, 1, 2).buffer));
    const weights = externalTensorProto([2], {location: 'weights.bin', offset: '4', length: '8'});
    const model = new NetworkBuilder()
      .input('x', 'f32', [2])
      .initializer('w', weights)
      .input('w', 'f32', [2])
      .node('Add', 'x w', 'y')
      .output('y')
      .bytes();
    t.deepEqual(await plugin.queryNetwork({model, weightsFile}, {}), [
      {name: 'Add_0', supported: true},
    ]);
    const network = await plugin.loadNetwork({model, weightsFile}, {});
    t.teardown(() => network.release());
    await rm(weightsFile);
    const {tensors} = await infer(network, {x: floats(10, 20)});
    t.deepEqual(tensors.get('y'), floats(11, 22));
    const overridden = await infer(network, {x: floats(10, 20), w: floats(0, 0)});
    t.deepEqual(overridden.tensors.get('y'), floats(10, 20));
  });

  for (const [what, model] of wrongModels) {
    check(`${what} fails to compile`, async (t, plugin) => {
      const loading = plugin.loadNetwork({model, weightsFile: undefined}, {NUM_STREAMS: 2});
      const error = await throwsCode(t, loading, 'COMPILE_FAILED');
      t.not(error.message, '');
    });
  }

  check('a network without its weights file fails to compile', async (t, plugin) => {
    const folder = await temporaryFolder(t);
    const loading = plugin.loadNetwork(
      {model: perceptron(), weightsFile: join(folder, 'absent')},
      {},
    );
    await throwsCode(t, loading, 'FILE_UNREADABLE');
  });
}

const wrongModels: readonly (readonly [string, Uint8Array])[] = [
  ['a file of other bytes', new TextEncoder().encode('not a network, but long enough to be one')],
  ['an empty file', new Uint8Array(0)],
  ['a file that was cut short', perceptron().subarray(0, 60)],
  [
    'an operation that nobody knows',
    new NetworkBuilder().input('x', 'f32', [2]).node('Unheard', 'x', 'y').output('y').bytes(),
  ],
];

function infers(check: Check): void {
  check('tensors of every element type go in and come out', async (t, plugin) => {
    const builder = new NetworkBuilder();
    for (const [name, {type, shape}] of sampleTensors) {
      builder.input(name, type, shape).node('Identity', [name], [`${name} out`]);
      builder.output(`${name} out`, type, shape);
    }
    const network = await load(t, plugin, builder.bytes());
    const {tensors, executeUs} = await network.infer({
      ...{tensors: sampleTensors, owned: false, profile: false},
    });
    const expected = [...sampleTensors].map(([name, tensor]) => [`${name} out`, tensor] as const);
    t.deepEqual([...tensors], expected);
    t.true(executeUs > 0);
  });

  check('a request may override an initializer, the next one need not', async (t, plugin) => {
    const network = await load(t, plugin, overridable());
    const x = floats(1, 2);
    const run = async (inputs: Inputs) => (await infer(network, inputs)).tensors.get('y');
    t.deepEqual(await run({x}), floats(11, 22));
    t.deepEqual(await run({x, a: floats(0, 0)}), floats(1, 2));
    t.deepEqual(await run({x, b: floats(3, 3)}), floats(33, 66));
    t.deepEqual(await run({x, b: floats(3, 3), a: floats(1, 1)}), floats(6, 9));
    t.deepEqual(await run({x}), floats(11, 22));
    t.deepEqual(
      network.inputs.map(({name}) => name),
      ['x'],
    );
  });

  check('many inferences at once each get their own answer', async (t, plugin) => {
    const network = await load(t, plugin, relu(), {NUM_STREAMS: 2});
    t.is(network.slots, 2);
    const numbers = Array.from({length: 200}, (_, index) => index);
    const answers = await Promise.all(numbers.map(each => infer(network, {x: floats(each, -1)})));
    t.deepEqual(
      answers.map(({tensors}) => tensors.get('y')),
      numbers.map(each => floats(each, 0)),
    );
  });
}

function leavesTensors(check: Check): void {
  check('the tensors of the caller stay as they are', async (t, plugin) => {
    const network = await load(t, plugin, relu());
    const x = floats(-1, 2);
    await infer(network, {x});
    t.deepEqual(x, floats(-1, 2));
  });

  check('tensors that are views of one buffer may be given away', async (t, plugin) => {
    const network = await load(t, plugin, sum());
    const buffer = Float32Array.of(9, 1, 2, 10, 20, 9).buffer;
    const view = (offset: number) =>
      ({type: 'f32', shape: [2], data: new Float32Array(buffer, offset * 4, 2)}) as const;
    const tensors = new Map([
      ['a', view(1)],
      ['b', view(3)],
    ]);
    const result = await network.infer({tensors, owned: true, profile: false});
    t.deepEqual(result.tensors.get('y'), floats(11, 22));
  });

  check('tensors in shared memory are read', async (t, plugin) => {
    const network = await load(t, plugin, relu());
    const data = new Float32Array(new SharedArrayBuffer(8));
    data.set([-1, 2]);
    for (const owned of [true, false]) {
      const tensors = new Map([['x', {type: 'f32', shape: [2], data} as const]]);
      const result = await network.infer({tensors, owned, profile: false});
      t.deepEqual(result.tensors.get('y'), floats(0, 2));
    }
  });

  check('a tensor in a pooled buffer is read', async (t, plugin) => {
    const network = await load(t, plugin, relu());
    const pooled = Buffer.from(Float32Array.of(-1, 2).buffer);
    const small = Buffer.allocUnsafe(8);
    small.set(pooled);
    const data = new Float32Array(small.buffer, small.byteOffset, 2);
    const tensors = new Map([['x', {type: 'f32', shape: [2], data} as const]]);
    const result = await network.infer({tensors, owned: true, profile: false});
    t.deepEqual(result.tensors.get('y'), floats(0, 2));
  });
}

function fails(check: Check): void {
  check('a request that does not fit is refused, and the next one served', async (t, plugin) => {
    const network = await load(t, plugin, relu());
    const x = floats(1, 2);
    await throwsCode(t, infer(network, {}), 'MISSING_INPUT');
    await throwsCode(t, infer(network, {x, other: x}), 'UNKNOWN_INPUT');
    await throwsCode(t, infer(network, {x: {...x, shape: [2, 2]}}), 'SIZE_MISMATCH');
    await throwsCode(t, infer(network, {x: floats(1, 2, 3)}), 'SHAPE_MISMATCH');
    await throwsCode(t, infer(network, {x: tensorOf('i64', [2])}), 'TYPE_MISMATCH');
    const disguised = {...x, data: new Float64Array(2)} as unknown as TensorData;
    await throwsCode(t, infer(network, {x: disguised}), 'TYPE_MISMATCH');
    t.deepEqual((await infer(network, {x})).tensors.get('y'), x);
  });

  check('a kernel that fails says why and where', async (t, plugin) => {
    const model = new NetworkBuilder()
      .input('x', 'f32', ['n'])
      .input('at', 'i64', [1])
      .node('Gather', 'x at', 'y', {}, 'look up')
      .output('y')
      .bytes();
    const network = await load(t, plugin, model);
    const failing = infer(network, {x: floats(1, 2), at: tensorOf('i64', [1], [3])});
    const error = await throwsCode(t, failing, 'STAGE_FAILED');
    t.is(error.operation, 'look up');
    t.regex(error.message, /^ind(ex|ices) /);
    const fitting = infer(network, {x: floats(1, 2), at: tensorOf('i64', [1], [1])});
    t.deepEqual((await fitting).tensors.get('y'), floats(2));
  });
}

function bounds(check: Check): void {
  check('an inference beyond the bound of the queue is refused at once', async (t, plugin) => {
    const network = await load(t, plugin, relu(), {NUM_STREAMS: 1, QUEUED_MAX: 1});
    const running = infer(network, {x: floats(1, 1)});
    const waiting = infer(network, {x: floats(2, 2)});
    await throwsCode(t, infer(network, {x: floats(3, 3)}), 'QUEUE_FULL');
    t.deepEqual((await running).tensors.get('y'), floats(1, 1));
    t.deepEqual((await waiting).tensors.get('y'), floats(2, 2));
  });

  check('release settles what runs and refuses the rest', async (t, plugin) => {
    const network = await load(t, plugin, relu(), {NUM_STREAMS: 1});
    const running = infer(network, {x: floats(1, 1)});
    const waiting = t.throwsAsync(infer(network, {x: floats(2, 2)}), {code: 'RELEASED'});
    const releases = Promise.all([network.release(), network.release()]);
    t.deepEqual((await running).tensors.get('y'), floats(1, 1));
    await waiting;
    await releases;
    await throwsCode(t, infer(network, {x: floats(3, 3)}), 'RELEASED');
  });
}

function refusesConfig(check: Check): void {
  const source = {model: relu(), weightsFile: undefined};

  check('an unknown config key is refused with the key that was meant', async (t, plugin) => {
    const loading = plugin.loadNetwork(source, {NUM_STREAM: 2});
    const error = await throwsCode(t, loading, 'UNKNOWN_CONFIG_KEY');
    t.regex(error.message, /NUM_STREAMS/);
    await throwsCode(t, plugin.queryNetwork(source, {nothing: 1}), 'UNKNOWN_CONFIG_KEY');
  });

  check('a config value out of range is refused', async (t, plugin) => {
    const loading = plugin.loadNetwork(source, {NUM_STREAMS: 0});
    const error = await throwsCode(t, loading, 'INVALID_CONFIG_VALUE');
    t.regex(error.message, /NUM_STREAMS.*0/);
  });
}

type Inputs = Readonly<Record<string, TensorData>>;

async function load(
  t: ExecutionContext,
  plugin: Plugin,
  model: Uint8Array,
  config: Config = {},
): Promise<ExecutableNetwork> {
  const network = await plugin.loadNetwork({model, weightsFile: undefined}, config);
  t.teardown(() => network.release());
  return network;
}

function infer(network: ExecutableNetwork, inputs: Inputs): Promise<InferenceResult> {
  const tensors: NamedTensors = new Map(Object.entries(inputs));
  return network.infer({tensors, owned: false, profile: false});
}

async function throwsCode(
  t: ExecutionContext,
  promise: Promise<unknown>,
  code: InferenceError['code'],
): Promise<InferenceError> {
  const error = await t.throwsAsync(promise, {instanceOf: InferenceError, code});
  return error as InferenceError;
}

function floats(...values: readonly number[]): TensorData<'f32'> {
  return {type: 'f32', shape: [values.length], data: Float32Array.from(values)};
}

/** x -> Relu -> y */
function relu(): Uint8Array {
  return new NetworkBuilder()
    .input('x', 'f32', [2])
    .node('Relu', 'x', 'y')
    .output('y', 'f32', [2])
    .bytes();
}

/** a, b -> Add -> y */
function sum(): Uint8Array {
  return new NetworkBuilder()
    .input('a', 'f32', [2])
    .input('b', 'f32', [2])
    .node('Add', 'a b', 'y')
    .output('y', 'f32', [2])
    .bytes();
}

/** x -> Add a -> Mul b -> y, where requests may bring a (10, 20) and b (1, 1) */
function overridable(): Uint8Array {
  return new NetworkBuilder()
    .input('x', 'f32', [2])
    .overridable('a', floats(10, 20))
    .overridable('b', floats(1, 1))
    .node('Add', 'x a', 'h')
    .node('Mul', 'h b', 'y')
    .output('y', 'f32', [2])
    .bytes();
}

/** x -> MatMul w -> Add c -> Relu -> y */
function perceptron(): Uint8Array {
  return new NetworkBuilder()
    .input('x', 'f32', ['n', 3])
    .initializer('w', tensorOf('f32', [3, 2], [1, 2, 3, 4, 5, 6]))
    .initializer('c', tensorOf('f32', [2], [1, -1]))
    .node('MatMul', 'x w', 'h')
    .node('Add', 'h c', 'k')
    .node('Relu', 'k', 'y')
    .output('y', 'f32', ['n', 2])
    .bytes();
}

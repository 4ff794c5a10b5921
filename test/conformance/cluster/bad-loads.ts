import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {stagesMax} from '../../../schemas/device.js';
import {AsyncInferQueue, type Config} from '../../../src/index.js';
import {line, skip} from '../../support/cluster-networks.js';
import {NetworkBuilder} from '../../support/network-builder.js';
import {temporaryFolder} from '../../support/temporary-folder.js';
import {type Check, load, rejects, splitLine, unharmed} from './check.js';

/** Files, devices, config and affinity that are refused, each with what is wrong about it. */
export function badLoads(check: Check): void {
  badFiles(check);
  badOperations(check);
  badDevices(check);
  badConfig(check);
}

function badFiles(check: Check): void {
  check('what is no ONNX network is refused, by bytes and by path', async (t, core) => {
    const executable = await splitLine(core);
    const path = join(await temporaryFolder(t), 'network.onnx');
    const wrong: readonly (readonly [Uint8Array, string])[] = [
      [new Uint8Array(0), 'the file is empty'],
      [new TextEncoder().encode('{"this": "is", "not": "a network"}'), 'not an ONNX network'],
      [new Uint8Array(1000).fill(0xff), 'not an ONNX network'],
    ];
    await unharmed(t, executable, async () => {
      for (const [bytes, text] of wrong) {
        await rejects(t, core.readNetwork(bytes), 'INVALID_NETWORK', text);
        await writeFile(path, bytes);
        await rejects(t, core.readNetwork(path), 'INVALID_NETWORK', text);
      }
    });
  });

  check('a network that was cut short anywhere is refused', async (t, core) => {
    const whole = line();
    for (let length = 0; length < whole.length; length++) {
      await rejects(t, core.readNetwork(whole.subarray(0, length)), 'INVALID_NETWORK');
    }
    t.is((await core.readNetwork(whole)).name, 'line');
  });

  check('a file that cannot be read is refused with its path', async (t, core) => {
    const folder = await temporaryFolder(t);
    const absent = join(folder, 'absent.onnx');
    await rejects(t, core.readNetwork(absent), 'FILE_UNREADABLE', 'absent.onnx');
    await rejects(t, core.readNetwork(folder), 'FILE_UNREADABLE');
    const nothing = undefined as unknown as string;
    await rejects(t, core.readNetwork(nothing), 'INVALID_ARGUMENT', 'Uint8Array', 'undefined');
  });
}

function badOperations(check: Check): void {
  check('affinity for an operation that is not there names the one meant', async (t, core) => {
    const network = await core.readNetwork(line());
    const set = () => network.setAffinity('shaft', 'CPU');
    await rejects(t, set, 'UNKNOWN_OPERATION', 'shaft', "'shift'", 'line');
  });

  check('affinity for some operations names those without', async (t, core) => {
    const executable = await splitLine(core);
    const network = await core.readNetwork(skip());
    network.setAffinity('Abs_1', 'WASM');
    await unharmed(t, executable, async () => {
      const loading = core.loadNetwork(network, 'HETERO:WASM,CPU');
      await rejects(t, loading, 'AFFINITY_INCOMPLETE', 'Neg_0', 'Add_2', '2', '3');
    });
    network.setAffinity('Neg_0', 'GPU');
    network.setAffinity('Add_2', 'CPU');
    const elsewhere = core.loadNetwork(network, 'HETERO:WASM,CPU');
    await rejects(t, elsewhere, 'UNKNOWN_DEVICE', 'Neg_0', "'GPU'", 'WASM', 'CPU');
    network.clearAffinity();
    const loaded = await core.loadNetwork(network, 'HETERO:WASM,CPU');
    t.teardown(() => loaded.release());
    t.is(loaded.stageGraph.stages.length, 1);
  });

  check(
    'more stages than a device ever holds are refused before any is loaded',
    async (t, core) => {
      const builder = new NetworkBuilder('alternating').input('v0', 'f32', [1]);
      for (let at = 0; at < 2 * stagesMax + 2; at++) builder.node('Neg', `v${at}`, `v${at + 1}`);
      const network = await core.readNetwork(builder.output(`v${2 * stagesMax + 2}`).bytes());
      for (const [at, {name}] of network.operations.entries()) {
        network.setAffinity(name, at % 2 === 0 ? 'WASM' : 'CPU');
      }
      const executable = await splitLine(core);
      await unharmed(t, executable, async () => {
        const loading = core.loadNetwork(network, 'HETERO:WASM,CPU');
        await rejects(t, loading, 'INVALID_ARGUMENT', `${stagesMax}`, `${stagesMax + 1}`, '/WASM');
      });
    },
  );

  check('operations that no device runs are all named, with every reason', async (t, core) => {
    const executable = await splitLine(core);
    const model = new NetworkBuilder('odd')
      .opset('nobody', 1)
      .input('x', 'f32', [2])
      .node('nobody.Unheard', 'x', 'a', {}, 'first')
      .node('Relu', 'a', 'b', {}, 'fine')
      .node('nobody.Unknown', 'b', 'y', {}, 'second')
      .output('y', 'f32', [2])
      .bytes();
    const network = await core.readNetwork(model);
    await unharmed(t, executable, async () => {
      const loading = core.loadNetwork(network, 'HETERO:WASM,CPU');
      const error = await rejects(
        ...[t, loading, 'UNSUPPORTED_OPERATIONS' as const],
        ...["'first'", "'second'", 'WASM: ', 'CPU: ', 'Unheard', 'Unknown'],
      );
      t.is(error.operation, 'first');
    });
    const alone = core.loadNetwork(network, 'CPU');
    await rejects(t, alone, 'UNSUPPORTED_OPERATIONS', "'first'", "'second'", 'CPU: ');
  });
}

function badDevices(check: Check): void {
  check('a device that is not there is refused with those that are', async (t, core) => {
    const executable = await splitLine(core);
    const network = await core.readNetwork(line());
    await unharmed(t, executable, async () => {
      for (const device of ['CPUU', 'HETERO:CPUU,WASM', 'nowhere/CPU', 'CPU.7']) {
        const given = device.replace(/^HETERO:|,WASM$/g, '');
        const loading = core.loadNetwork(network, device);
        await rejects(t, loading, 'UNKNOWN_DEVICE', `'${given}'`, 'CPU', 'WASM');
      }
      await rejects(t, core.loadNetwork(network, 'CPUU'), 'UNKNOWN_DEVICE', "did you mean 'CPU'");
    });
  });

  check('a device expression that cannot be read says where and what', async (t, core) => {
    const network = await core.readNetwork(line());
    const wrong = {
      '': 'character 1',
      'HETERO:': 'character 8',
      'CPU,WASM': 'HETERO:',
      'HETERO:CPU,CPU': 'no device twice',
      'HETERO:(CPU': "expected ')'",
      'CPU WASM': 'character 5',
    };
    for (const [device, text] of Object.entries(wrong)) {
      await rejects(t, core.loadNetwork(network, device), 'INVALID_DEVICE', text);
      await rejects(t, core.queryNetwork(network, device), 'INVALID_DEVICE', text);
    }
  });
}

function badConfig(check: Check): void {
  check(
    'what has another type than a load takes is refused by what it expects',
    async (t, core) => {
      const network = await core.readNetwork(line());
      const executable = await splitLine(core);
      await unharmed(t, executable, async () => {
        for (const [given, text] of [
          ['line.onnx', 'given string'],
          [null, 'given null'],
          [{}, 'given object'],
        ] as const) {
          const loading = core.loadNetwork(given as never, 'CPU');
          await rejects(t, loading, 'INVALID_ARGUMENT', 'a network of readNetwork', text);
        }
        for (const [given, text] of [
          [null, 'given null'],
          [5, 'given 5'],
          [['CPU'], 'given a list'],
        ] as const) {
          await rejects(t, core.loadNetwork(network, given as never), 'INVALID_DEVICE', text);
        }
        for (const given of [null, 5, ['NUM_STREAMS'], 'NUM_STREAMS=1']) {
          const loading = core.loadNetwork(network, 'CPU', given as never);
          await rejects(
            t,
            loading,
            'INVALID_CONFIG_VALUE',
            'NUM_STREAMS: 2',
            JSON.stringify(given),
          );
        }
        const none = undefined as never;
        await rejects(t, () => network.setAffinity('shift', none), 'INVALID_DEVICE', 'undefined');
        await rejects(t, () => network.setAffinity(none, 'CPU'), 'UNKNOWN_OPERATION', 'undefined');
        await rejects(t, () => executable.getConfig(none), 'UNKNOWN_CONFIG_KEY', 'undefined');
        await rejects(t, () => new AsyncInferQueue(none), 'INVALID_ARGUMENT', 'given undefined');
      });
    },
  );

  check('config that is not known names what was meant', async (t, core) => {
    const network = await core.readNetwork(line());
    const wrong: readonly (readonly [Config, readonly string[]])[] = [
      [{NUM_STREAM: 2}, ['NUM_STREAM', 'NUM_STREAMS']],
      [{PERFORMANCE_HNT: 'LATENCY'}, ['PERFORMANCE_HNT', 'PERFORMANCE_HINT']],
      [{entirely: 'unlike'}, ['entirely', 'NUM_STREAMS', 'PERF_COUNT']],
    ];
    for (const [config, texts] of wrong) {
      await rejects(t, core.loadNetwork(network, 'CPU', config), 'UNKNOWN_CONFIG_KEY', ...texts);
    }
  });

  check('config values out of range say what is expected and given', async (t, core) => {
    const network = await core.readNetwork(line());
    const wrong: readonly (readonly [Config, readonly string[]])[] = [
      [{NUM_STREAMS: 0}, ['NUM_STREAMS', 'from 1', '0']],
      [{NUM_STREAMS: 'many'}, ['NUM_STREAMS', 'AUTO', '"many"']],
      [{PERFORMANCE_HINT: 'FAST'}, ['LATENCY, THROUGHPUT or', '"FAST"']],
      [{PERF_COUNT: 'maybe'}, ['PERF_COUNT', '"maybe"']],
      [{INFERENCE_NUM_THREADS: Number.NaN}, ['INFERENCE_NUM_THREADS']],
    ];
    for (const [config, texts] of wrong) {
      const loading = core.loadNetwork(network, 'CPU', config);
      await rejects(t, loading, 'INVALID_CONFIG_VALUE', ...texts);
    }
    const executable = await load(t, core, line(), 'CPU', {config: {NUM_STREAMS: '2'}});
    await unharmed(t, executable, async () => {});
  });
}

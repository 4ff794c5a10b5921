import {type ErrorCode, Tensor, type TensorData} from '../../../src/index.js';
import {
  floats,
  line,
  lookUp,
  passThrough,
  slow,
  slowInputs,
  widening,
} from '../../support/cluster-networks.js';
import {giveAway} from '../../support/give-away.js';
import {tensorOf} from '../../support/tensor-of.js';
import {type Check, load, rejects, splitLine, unharmed} from './check.js';

/** Requests that are refused or fail, each with what is wrong; the others go on. */
export function badRequests(check: Check): void {
  badInputs(check);
  lies(check);
  failures(check);
  deadlines(check);
  queues(check);
  payloads(check);
}

type Wrong = readonly [Readonly<Record<string, unknown>>, ErrorCode, ...(readonly string[])];

const wrongInputs: readonly Wrong[] = [
  [{}, 'MISSING_INPUT', 'x'],
  [{z: floats([1, 2], 2)}, 'UNKNOWN_INPUT', "'z'", 'x'],
  [{x: tensorOf('f64', [1, 2])}, 'TYPE_MISMATCH', 'x', 'f32', 'f64'],
  [{x: floats([1, 2])}, 'SHAPE_MISMATCH', 'x', '[batch,2]', '[2]'],
  [{x: floats([1, 2, 3], 3)}, 'SHAPE_MISMATCH', 'x', '[batch,2]', '[1,3]'],
  [{x: {...floats([1, 2], 2), shape: [2, 2]}}, 'SIZE_MISMATCH', '[2,2]', '4', '2'],
  [{x: {...floats([1, 2], 2), shape: [-1, 2]}}, 'SHAPE_MISMATCH', '[-1,2]'],
  [{x: {...floats([1, 2], 2), shape: [0.5, 4]}}, 'SHAPE_MISMATCH', '[0.5,4]'],
  [{x: {...floats([1, 2], 2), data: [1, 2]}}, 'TYPE_MISMATCH', 'Float32Array', 'Array'],
  [{x: {...floats([1, 2], 2), type: 'float'}}, 'TYPE_MISMATCH', 'float', 'f32'],
  [{x: [1, 2]}, 'TYPE_MISMATCH', 'x, item 0', 'number'],
  [{x: null}, 'TYPE_MISMATCH', 'x', 'null'],
];

function badInputs(check: Check): void {
  check('inputs that do not fit are refused before they are sent', async (t, core) => {
    const executable = await splitLine(core);
    await unharmed(t, executable, async () => {
      for (const [inputs, code, ...texts] of wrongInputs) {
        const request = executable.createInferRequest();
        const given = inputs as Readonly<Record<string, TensorData>>;
        await rejects(t, request.infer(given), code, ...texts);
        t.like((await request.infer({x: floats([1, 2], 2)}))['y'], floats([3, 5], 2));
      }
    });
  });

  check('a tensor is made of what belongs together only', async t => {
    const make = (...parts: readonly unknown[]) => {
      return () => new Tensor(...(parts as ConstructorParameters<typeof Tensor>));
    };
    const short = make('f32', [2, 2], new Float32Array(3));
    await rejects(t, short, 'SIZE_MISMATCH', '[2,2]', '4', '3');
    await rejects(t, make('f32', [2], new Float32Array(3)), 'SIZE_MISMATCH', '2', '3');
    await rejects(t, make('f32', [2], new Float64Array(2)), 'TYPE_MISMATCH', 'Float32Array');
    await rejects(t, make('f99', [2], new Float32Array(2)), 'TYPE_MISMATCH', 'f99');
    await rejects(t, make('f32', [-2], new Float32Array(2)), 'SHAPE_MISMATCH', '[-2]');
    await rejects(t, make('f32', 2, new Float32Array(2)), 'SHAPE_MISMATCH', '2');
    await rejects(t, make('string', [2], ['a', 5]), 'TYPE_MISMATCH', 'string');
    t.is(String(new Tensor('f32', [1, 2], new Float32Array(2))), 'f32[1,2]');
  });
}

/** Claims to hold more than it does. */
class LongArray extends Float32Array {
  override get length(): number {
    return 2;
  }
}

/** Is whole for some looks, and has too little after them. */
class ShrinkingTensor extends Tensor<'f32'> {
  constructor(shape: readonly number[], wholeLooks: number) {
    super('f32', shape, new Float32Array(2));
    let looks = 0;
    const get = () => new Float32Array(looks++ < wholeLooks ? 2 : 1);
    Object.defineProperty(this, 'data', {get});
  }
}

function lies(check: Check): void {
  check('tensors that lie about what they hold harm nobody', async (t, core) => {
    const executable = await splitLine(core);
    await unharmed(t, executable, async () => {
      const request = executable.createInferRequest();
      const long = request.infer({x: {type: 'f32', shape: [1, 2], data: new LongArray(1)}});
      await rejects(t, long, 'SIZE_MISMATCH', '2', '1');
      const gone = request.infer({x: new ShrinkingTensor([1, 2], 0)});
      await rejects(t, gone, 'SIZE_MISMATCH', '2', '1');
      for (let wholeLooks = 1; wholeLooks < 8; wholeLooks++) {
        const {y} = await request.infer({x: new ShrinkingTensor([1, 2], wholeLooks)});
        t.deepEqual(y?.data, Float32Array.of(1, 1));
      }
    });
  });

  check('an input that is given away while it is sent fails its request only', async (t, core) => {
    const executable = await load(t, core, slow(), 'CPU');
    const first = executable.createInferRequest().infer({...slowInputs(5000)});
    const {x, rounds} = slowInputs(1);
    const second = executable.createInferRequest().infer({x, rounds});
    giveAway(x);
    const [one, two] = await Promise.allSettled([first, second]);
    t.is(one.status, 'fulfilled');
    if (two.status === 'rejected') t.is(two.reason.code, 'SIZE_MISMATCH');
    const third = await executable.createInferRequest().infer({...slowInputs(1)});
    t.deepEqual(third['y']?.shape, [1, 64]);
  });

  check('strings that are none are refused', async (t, core) => {
    const strings = new Map([['s', tensorOf('string', [2])]]);
    const executable = await load(t, core, passThrough(strings), 'CPU');
    const request = executable.createInferRequest();
    for (const odd of [5, null, undefined, {}]) {
      const data = ['a', odd] as string[];
      const running = request.infer({s: {type: 'string', shape: [2], data}});
      await rejects(t, running, 'TYPE_MISMATCH', 's', 'string');
    }
    const data = ['a', '\u{1f39a} \ud800'];
    const outputs = await request.infer({s: {type: 'string', shape: [2], data}});
    t.is(outputs['s out']?.data.length, 2);
  });
}

function failures(check: Check): void {
  for (const device of ['CPU', 'WASM']) {
    check(`a stage that fails on ${device} says where and why`, async (t, core) => {
      const beside = await splitLine(core);
      const executable = await load(t, core, lookUp(), device);
      const [stage] = executable.stageGraph.stages;
      const request = executable.createInferRequest();
      const look = (at: number) =>
        request.infer({x: floats([7, 8]), at: tensorOf('i64', [1], [at])});
      await unharmed(t, beside, async () => {
        const error = await rejects(t, look(3), 'STAGE_FAILED', 'indices');
        t.is(error.operation, 'look up');
        t.is(error.stage, stage?.name);
        t.is(error.device, stage?.replicas[0]?.device);
      });
      t.like((await look(1))['y'], floats([8]));
      const [statistics] = await executable.getStageStatistics();
      t.like(statistics, {executed: 1, failed: 1});
    });
  }
}

function deadlines(check: Check): void {
  check('a request that is not done in time fails at its deadline', async (t, core) => {
    const beside = await splitLine(core);
    const executable = await load(t, core, slow(), 'CPU');
    const request = executable.createInferRequest();
    await unharmed(t, beside, async () => {
      const late = request.infer({...slowInputs(50_000)}, {timeoutMs: 30});
      await rejects(t, late, 'DEADLINE_EXCEEDED', '30 ms');
    });
    const {y} = await request.infer({...slowInputs(1)});
    t.deepEqual(y?.shape, [1, 64]);
  });

  check('a time that is none is refused', async (t, core) => {
    const executable = await splitLine(core);
    const request = executable.createInferRequest();
    const x = floats([1, 2], 2);
    for (const timeoutMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const running = request.infer({x}, {timeoutMs});
      await rejects(t, running, 'INVALID_ARGUMENT', 'timeoutMs', String(timeoutMs));
    }
    await rejects(t, request.wait(-1), 'INVALID_ARGUMENT', 'timeoutMs', '-1');
    t.like((await request.infer({x}))['y'], floats([3, 5], 2));
  });
}

/** What one client may have in flight and waiting for one executable. */
const heldMax = 128 + 16_384;

function queues(check: Check): void {
  check('a request beyond the bound of what a client may hold is refused', async (t, core) => {
    const beside = await splitLine(core);
    const executable = await load(t, core, slow(), 'CPU');
    const start = (rounds: number) => {
      const request = executable.createInferRequest();
      for (const [name, tensor] of Object.entries(slowInputs(rounds))) {
        request.setInput(name, tensor);
      }
      request.startAsync();
      return request;
    };
    const first = start(20_000);
    const others = Array.from({length: heldMax - 1}, () => start(1));
    const ends = Promise.allSettled([...others.map(request => request.wait()), first.wait()]);
    const one = start(1);
    const error = await rejects(t, one.wait(), 'QUEUE_FULL', '16384');
    t.true(error.retryable);
    for (const request of others.reverse()) request.cancel();
    const settled = await ends;
    t.is(settled.filter(({status}) => status === 'fulfilled').length, 1);
    await unharmed(t, beside, async () => {
      one.startAsync();
      t.true(await one.wait());
    });
  });
}

const frameBytesMax = 2 ** 20;

function payloads(check: Check): void {
  const bounded = {own: true, frameBytesMax};

  check(
    'an input above the limit is refused with both sizes',
    async (t, core) => {
      const executable = await load(t, core, line(), 'CPU');
      const x = floats(new Array(frameBytesMax / 2).fill(1), 2);
      await unharmed(t, executable, async () => {
        const running = executable.createInferRequest().infer({x});
        await rejects(t, running, 'PAYLOAD_TOO_LARGE', String(frameBytesMax));
      });
    },
    bounded,
  );

  check(
    'a tensor between stages, or an output, above the limit fails its request',
    async (t, core) => {
      const beside = await splitLine(core);
      const affinity = {widen: 'CPU', negate: 'WASM', narrow: 'CPU'};
      const x = floats([3]);
      const times = tensorOf('i64', [1], [frameBytesMax / 2]);
      const inside = await load(t, core, widening(), 'HETERO:CPU,WASM', {affinity});
      const outside = await load(t, core, widening('wide'), 'CPU');
      await unharmed(t, beside, async () => {
        for (const executable of [inside, outside]) {
          const running = executable.createInferRequest().infer({x, times}, {timeoutMs: 10_000});
          const error = await rejects(t, running, 'PAYLOAD_TOO_LARGE', String(frameBytesMax));
          t.is(error.stage, executable.stageGraph.stages[0]?.name);
        }
      });
      const once = tensorOf('i64', [1], [1]);
      const {y} = await inside.createInferRequest().infer({x, times: once});
      t.deepEqual([...(y?.data ?? [])], [-3]);
    },
    bounded,
  );
}

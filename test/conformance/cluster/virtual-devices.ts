import type {TensorData} from '../../../schemas/tensor.js';
import type {ExecutableNetwork} from '../../../src/index.js';
import {floats, line, lookUp, viewed} from '../../support/cluster-networks.js';
import {tensorOf} from '../../support/tensor-of.js';
import {type Check, load, rejects} from './check.js';

/** y = 2x + 1 for many requests at once. */
async function many(executable: ExecutableNetwork, count: number): Promise<readonly unknown[]> {
  const results = Array.from({length: count}, async (_, each) => {
    const {y} = await executable.createInferRequest().infer({x: floats([each, 1], 2)});
    return Array.from((y?.data ?? []) as Float32Array);
  });
  return Promise.all(results);
}

/** Requests of [1, 2, 2] to `viewed`, which sums the columns. */
async function manyViews(executable: ExecutableNetwork, count: number) {
  const results = Array.from({length: count}, async (_, each) => {
    const x = tensorOf('f32', [1, 2, 2], [each, 1, 2, -5]);
    const {y} = await executable.createInferRequest().infer({x});
    return [y?.shape, Array.from((y?.data ?? []) as Float32Array)];
  });
  return Promise.all(results);
}

const expectedViews = (count: number) =>
  Array.from({length: count}, (_, each) => [
    [1, 2],
    [each + 2, 1],
  ]);

const expected = (count: number) => Array.from({length: count}, (_, each) => [2 * each + 1, 3]);

function executedBy(stats: readonly {readonly executed: number}[]): readonly number[] {
  return stats.map(({executed}) => executed);
}

export function virtualDevices(check: Check): void {
  check('MULTI uses all its devices, each within its bound', async (t, core) => {
    const executable = await load(t, core, line(), 'MULTI:CPU(1),WASM(1)');
    t.deepEqual(await many(executable, 60), expected(60));
    const executed = executedBy(await executable.getStageStatistics());
    t.is(
      executed.reduce((sum, count) => sum + count, 0),
      60,
    );
    t.true(
      executed.every(count => count > 0),
      `${executed}`,
    );
  });

  check('MULTI of HETERO and of a device runs both', async (t, core) => {
    const executable = await load(t, core, line(), 'MULTI:HETERO:WASM,CPU,CPU', {
      config: {SCHEDULE_POLICY: 'ROUND_ROBIN'},
    });
    t.is(executable.variants.length, 2);
    t.deepEqual(await many(executable, 20), expected(20));
  });

  check(
    'AUTO runs a network on the best device, and no device is better than AUTO',
    async (t, core) => {
      const executable = await load(t, core, line(), 'AUTO');
      t.deepEqual(await many(executable, 5), expected(5));
      t.regex(executable.getMetric('EXECUTION_DEVICES')[0] ?? '', /CPU$/);
      const network = await core.readNetwork(line());
      const unsaid = await core.loadNetwork(network);
      t.is(unsaid.variants.length, 1, 'no device is AUTO');
      await unsaid.release();
      const other = await load(t, core, line(), 'AUTO:-CPU');
      t.regex(other.getMetric('EXECUTION_DEVICES')[0] ?? '', /WASM$/);
    },
  );

  check('a request that fails on every device of MULTI fails with the reason', async (t, core) => {
    const executable = await load(t, core, lookUp(), 'MULTI:CPU,WASM');
    const inputs = (at: number): Record<string, TensorData> => {
      return {x: tensorOf('f32', [2], [5, 6]), at: tensorOf('i64', [1], [at])};
    };
    await rejects(t, executable.createInferRequest().infer(inputs(9)), 'STAGE_FAILED');
    const {y} = await executable.createInferRequest().infer(inputs(1));
    t.deepEqual(Array.from((y?.data ?? []) as Float32Array), [6]);
  });

  check(
    'PIPELINE_PARALLEL distributes by measured speed, and gives what the network gives',
    async (t, core) => {
      const config = {MODEL_DISTRIBUTION_POLICY: 'PIPELINE_PARALLEL'};
      const executable = await load(t, core, line(), 'HETERO:WASM,CPU', {config});
      t.deepEqual(await many(executable, 8), expected(8));
      const wrong = load(t, core, line(), 'HETERO:WASM,CPU', {
        config: {MODEL_DISTRIBUTION_POLICY: 'TENSOR_PARALLEL'},
      });
      await rejects(t, wrong, 'INVALID_CONFIG_VALUE', 'PIPELINE_PARALLEL');
    },
  );

  check('BATCH runs several requests as one, and what is left of a batch too', async (t, core) => {
    const config = {AUTO_BATCH_TIMEOUT: 50};
    const executable = await load(t, core, line([1, 2]), 'BATCH:CPU(4)', {config});
    t.is(executable.variants[0]?.batch, 4);
    t.deepEqual(executable.inputs[0]?.shape, [1, 2]);
    t.deepEqual(await many(executable, 10), expected(10));
  });

  check(
    'BATCH runs a network as one whose shapes are computed from the size of its batch',
    async (t, core) => {
      const config = {AUTO_BATCH_TIMEOUT: 60_000};
      const executable = await load(t, core, viewed(), 'BATCH:CPU(4)', {config});
      // A request that waited for a minute would be late: only full batches run.
      t.deepEqual(await manyViews(executable, 8), expectedViews(8));
    },
  );

  check('BATCH cuts no network where a shape would be sent', async (t, core) => {
    const config = {AUTO_BATCH_TIMEOUT: 20};
    const shapes = {shape: 'CPU', size: 'CPU', unsqueeze: 'CPU', concat: 'CPU', view: 'CPU'};
    const affinity = {...shapes, relu: 'WASM', dense: 'WASM'};
    const device = 'BATCH:(HETERO:WASM,CPU)(4)';
    const executable = await load(t, core, viewed(), device, {config, affinity});
    t.deepEqual(await manyViews(executable, 8), expectedViews(8));
    await rejects(
      t,
      load(t, core, viewed(), device, {config, affinity: {...affinity, shape: 'WASM'}}),
      'INVALID_ARGUMENT',
      "'sizes'",
    );
  });

  check('how long BATCH waits can be changed while it runs', async (t, core) => {
    const config = {AUTO_BATCH_TIMEOUT: 60_000};
    const executable = await load(t, core, line([1, 2]), 'BATCH:CPU(4)', {config});
    await executable.setConfig({AUTO_BATCH_TIMEOUT: 1});
    t.is(executable.getConfig('AUTO_BATCH_TIMEOUT'), 1);
    t.deepEqual(await many(executable, 2), expected(2), 'it waits for no minute');
  });

  check(
    'BATCH of a network cut in two, and BATCH inside MULTI, give what the network gives',
    async (t, core) => {
      const config = {AUTO_BATCH_TIMEOUT: 20};
      const affinity = {Mul_0: 'WASM', shift: 'CPU'};
      const cut = await load(t, core, line([1, 2]), 'BATCH:(HETERO:WASM,CPU)(3)', {
        config,
        affinity,
      });
      t.deepEqual(await many(cut, 8), expected(8));
      const both = await load(t, core, line([1, 2]), 'MULTI:BATCH:CPU(2),WASM', {config});
      t.deepEqual(await many(both, 8), expected(8));
    },
  );

  check(
    'BATCH refuses a network that mixes requests, and says which operation does',
    async (t, core) => {
      await rejects(
        t,
        load(t, core, lookUp(), 'BATCH:CPU(4)'),
        'UNSUPPORTED_OPERATIONS',
        "'look up'",
      );
    },
  );
}

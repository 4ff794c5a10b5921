import {floats, line, skip, slow, slowInputs} from '../../support/cluster-networks.js';
import {type Check, load, rejects, splitLine} from './check.js';

/** Infer requests: one after the other, at once, cancelled. */
export function requests(check: Check): void {
  stepByStep(check);
  callbacks(check);
  manyAtOnce(check);
  cancelling(check);
}

function stepByStep(check: Check): void {
  check('a request is set, started, waited for and read', async (t, core) => {
    const request = (await splitLine(core)).createInferRequest();
    t.false(await request.wait(0));
    await rejects(t, () => request.getOutput('y'), 'NOT_STARTED');
    request.setInput('x', floats([1, 2], 2));
    t.like(request.getInput('x'), floats([1, 2], 2));
    request.startAsync();
    t.true(await request.wait());
    t.like(request.getOutput('y'), floats([3, 5], 2));
    t.true(await request.wait(0));
    request.setInput('x', floats([4, 5], 2));
    request.startAsync();
    t.true(await request.wait());
    t.like(request.getOutput('y'), floats([9, 11], 2));
    for (const other of ['z', 'toString', '__proto__']) {
      await rejects(t, () => request.getOutput(other), 'UNKNOWN_OUTPUT', `'${other}'`, 'y');
    }
  });

  check('inputs that were set stay set', async (t, core) => {
    const executable = await load(t, core, slow(), 'CPU');
    const request = executable.createInferRequest();
    await request.infer({...slowInputs(1)});
    const {y} = await request.infer({x: floats(new Array(64).fill(1), 64)});
    t.is(y?.shape[1], 64);
  });

  check('a request that runs is busy and leaves what it has alone', async (t, core) => {
    const executable = await load(t, core, slow(), 'CPU');
    const request = executable.createInferRequest();
    const {x, rounds} = slowInputs(20_000);
    request.setInput('x', x);
    request.setInput('rounds', rounds);
    request.startAsync();
    t.false(await request.wait(1));
    for (const call of [
      () => request.setInput('x', x),
      () => request.getInput('x'),
      () => request.getOutput('y'),
      () => request.startAsync(),
      () => request.infer(),
      () => request.setCallback(() => {}),
    ]) {
      await rejects(t, call, 'BUSY');
    }
    t.true(await request.wait());
    t.deepEqual(request.getOutput('y').shape, [1, 64]);
  });

  check('the time of a request is told for each stage', async (t, core) => {
    const affinity = {Mul_0: 'WASM', shift: 'CPU'};
    const executable = await load(t, core, line(), 'HETERO:WASM,CPU', {affinity});
    const request = executable.createInferRequest();
    t.deepEqual(request.timings, []);
    await request.infer({x: floats([1, 2], 2)});
    t.deepEqual(
      request.timings.map(({stage}) => stage),
      [0, 1],
    );
    for (const {queueUs, executeUs, runUs} of request.timings) {
      t.true(queueUs >= 0 && executeUs > 0 && runUs >= executeUs);
    }
    await request.infer();
    const statistics = await executable.getStageStatistics();
    t.deepEqual(
      statistics.map(({executed, failed}) => [executed, failed]),
      [
        [2, 0],
        [2, 0],
      ],
    );
  });
}

function callbacks(check: Check): void {
  check('the callback is called before wait settles, and may start again', async (t, core) => {
    const request = (await splitLine(core)).createInferRequest();
    const seen: number[] = [];
    await new Promise<void>((resolve, reject) => {
      request.setCallback(error => {
        if (error !== undefined) return reject(error);
        const [y] = request.getOutput('y').data as Float32Array;
        seen.push(y ?? 0);
        if (seen.length === 10) return resolve();
        request.setInput('x', floats([y ?? 0, 0], 2));
        request.startAsync();
      });
      request.setInput('x', floats([1, 0], 2));
      request.startAsync();
    });
    t.deepEqual(
      seen,
      Array.from({length: 10}, (_, round) => 2 ** (round + 2) - 1),
    );
  });

  check('the callback is told what a request failed with', async (t, core) => {
    const executable = await load(t, core, slow(), 'CPU');
    const request = executable.createInferRequest();
    const errors: unknown[] = [];
    request.setCallback(error => errors.push(error?.code));
    const {x, rounds} = slowInputs(20_000);
    request.setInput('x', x);
    request.setInput('rounds', rounds);
    request.startAsync();
    request.cancel();
    await rejects(t, request.wait(), 'CANCELLED');
    t.deepEqual(errors, ['CANCELLED']);
    await request.infer({rounds: slowInputs(1).rounds});
    t.deepEqual(errors, ['CANCELLED']);
  });
}

function manyAtOnce(check: Check): void {
  check('hundreds of requests in flight each get the answer to their input', async (t, core) => {
    const executable = await splitLine(core);
    const answers = await Promise.all(
      Array.from({length: 600}, async (_, each) => {
        const rows = (each % 3) + 1;
        const values = Array.from({length: rows * 2}, (_, at) => each * 10 + at);
        const {y} = await executable.createInferRequest().infer({x: floats(values, 2)});
        const expected = values.map(value => 2 * value + 1);
        return (
          y?.shape[0] === rows && (y.data as Float32Array).every((v, at) => v === expected[at])
        );
      }),
    );
    t.is(answers.filter(right => !right).length, 0);
  });

  check('several networks at once keep their requests apart', async (t, core) => {
    const affinity = {Neg_0: 'CPU', Abs_1: 'WASM', Add_2: 'CPU'};
    const lines = [await splitLine(core), await load(t, core, line(), 'CPU')];
    const skips = await load(t, core, skip(), 'HETERO:WASM,CPU', {affinity});
    const wrong: string[] = [];
    const runs = Array.from({length: 100}, (_, each) => [
      ...lines.map(async executable => {
        const {y} = await executable.createInferRequest().infer({x: floats([each, 1], 2)});
        if (y?.data[0] !== 2 * each + 1 || y.data[1] !== 3) wrong.push(`line ${each}`);
      }),
      (async () => {
        const {a, y} = await skips.createInferRequest().infer({x: floats([each, -each])});
        if (a?.data[0] !== -each && each !== 0) wrong.push(`skip a ${each}`);
        if (y?.data[0] !== 2 * each || y.data[1] !== 0) wrong.push(`skip y ${each}`);
      })(),
    ]);
    await Promise.all(runs.flat());
    t.deepEqual(wrong, []);
  });
}

function cancelling(check: Check): void {
  check('a cancelled request ends at once and can be used again', async (t, core) => {
    const executable = await load(t, core, slow(), 'CPU');
    const request = executable.createInferRequest();
    request.cancel();
    const {x, rounds} = slowInputs(20_000);
    request.setInput('x', x);
    request.setInput('rounds', rounds);
    request.startAsync();
    t.false(await request.wait(1));
    request.cancel();
    request.cancel();
    await rejects(t, () => request.startAsync(), 'CANCELLED');
    await rejects(t, request.wait(), 'CANCELLED');
    await rejects(t, () => request.getOutput('y'), 'CANCELLED');
    const {y} = await request.infer({rounds: slowInputs(1).rounds});
    t.deepEqual(y?.shape, [1, 64]);
  });

  check('cancelling some of many requests leaves the others alone', async (t, core) => {
    const executable = await splitLine(core);
    const started = Array.from({length: 300}, (_, each) => {
      const request = executable.createInferRequest();
      request.setInput('x', floats([each, each], 2));
      request.startAsync();
      if (each % 3 === 0) request.cancel();
      return {each, request, ended: request.wait()};
    });
    const settled = await Promise.allSettled(started.map(({ended}) => ended));
    const cancelled = settled.filter(({status}) => status === 'rejected').length;
    t.is(cancelled, 100);
    for (const {each, request} of started) {
      if (each % 3 === 0) continue;
      t.is(request.getOutput('y').data[0], 2 * each + 1);
    }
  });

  check('an abort signal cancels, before the start and while it runs', async (t, core) => {
    const executable = await load(t, core, slow(), 'CPU');
    const request = executable.createInferRequest();
    const before = request.infer({...slowInputs(1)}, {signal: AbortSignal.abort()});
    await rejects(t, before, 'CANCELLED');
    const controller = new AbortController();
    const running = request.infer({...slowInputs(20_000)}, {signal: controller.signal});
    t.false(await request.wait(1));
    controller.abort();
    await rejects(t, running, 'CANCELLED');
    const finished = new AbortController();
    await request.infer({...slowInputs(1)}, {signal: finished.signal});
    finished.abort();
    t.deepEqual(request.getOutput('y').shape, [1, 64]);
  });
}

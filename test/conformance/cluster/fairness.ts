import {floats, line, slow, slowInputs} from '../../support/cluster-networks.js';
import {type Check, load} from './check.js';

const flooding = 200;
const asking = 20;

/** Several networks on one device, and requests of several priorities at one network. */
export function fairness(check: Check): void {
  sharing(check);
  priorities(check);
}

function sharing(check: Check): void {
  check('a flooded network does not keep another from their device', async (t, core) => {
    const config = {NUM_STREAMS: 1};
    const flooded = await load(t, core, slow(), 'CPU', {config});
    const other = await load(t, core, line(), 'CPU', {config});
    const flood = Array.from({length: flooding}, () =>
      flooded.createInferRequest().infer({...slowInputs(5000)}),
    );
    const ended = Promise.allSettled(flood);
    const request = other.createInferRequest();
    for (let each = 0; each < asking; each++) {
      t.like(await request.infer({x: floats([each, 1], 2)}), {y: floats([2 * each + 1, 3], 2)});
    }
    const [stage] = await flooded.getStageStatistics();
    t.true((stage?.load ?? 0) > 0, 'the flood goes on');
    t.true((stage?.executed ?? flooding) < flooding / 2, 'nobody waited for it');
    await flooded.release();
    await ended;
  });
}

function priorities(check: Check): void {
  check('a request of high priority overtakes those that wait', async (t, core) => {
    const config = {NUM_STREAMS: 1, MODEL_PRIORITY: 'LOW' as const};
    const executable = await load(t, core, slow(), 'CPU', {config});
    const infer = (options = {}) =>
      executable.createInferRequest().infer({...slowInputs(1000)}, options);
    let ended = 0;
    const waiting = Array.from({length: 40}, async () => {
      await infer();
      ended++;
    });
    await infer({priority: 'HIGH'});
    t.true(ended < 20, `${ended} of 40 that came before have ended before it`);
    await Promise.all(waiting);
    await t.throwsAsync(infer({priority: 'URGENT'}), {code: 'INVALID_ARGUMENT'});
  });
}

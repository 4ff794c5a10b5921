import type {ExecutionContext} from 'ava';
import type {ExecutableNetwork} from '../../../src/index.js';
import {floats, line, slow, slowInputs} from '../../support/cluster-networks.js';
import {type Check, load, rejects, splitLine, unharmed} from './check.js';

/** Releasing and closing, with requests on their way. */
export function lifetimes(check: Check): void {
  releasing(check);
  closing(check);
}

/** Starts more requests than run at once; each must end with RELEASED. */
function startMany(t: ExecutionContext, executable: ExecutableNetwork): Promise<unknown> {
  const runs = Array.from({length: 200}, () => {
    return executable.createInferRequest().infer({...slowInputs(5000)});
  });
  return Promise.all(runs.map(running => rejects(t, running, 'RELEASED')));
}

function releasing(check: Check): void {
  check('release ends the requests that run, and a second one changes nothing', async (t, core) => {
    const beside = await splitLine(core);
    const executable = await load(t, core, slow(), 'CPU');
    const request = executable.createInferRequest();
    await unharmed(t, beside, async () => {
      const ends = startMany(t, executable);
      const releases = [executable.release(), executable.release()];
      await ends;
      await Promise.all(releases);
      await executable.release();
    });
    await rejects(t, request.infer({...slowInputs(1)}), 'RELEASED', 'slow');
    await rejects(t, () => executable.createInferRequest(), 'RELEASED', 'slow');
    await rejects(t, () => executable.getStageStatistics(), 'RELEASED', 'slow');
  });

  check('a network can be loaded and released over and over', async (t, core) => {
    const network = await core.readNetwork(line());
    for (let time = 0; time < 4; time++) {
      const executable = await core.loadNetwork(network, time % 2 === 0 ? 'CPU' : 'WASM');
      const {y} = await executable.createInferRequest().infer({x: floats([time, 1], 2)});
      t.like(y, floats([2 * time + 1, 3], 2));
      await executable.release();
    }
  });
}

function closing(check: Check): void {
  const own = {own: true};

  check(
    'closing a core ends what is loaded, and what is asked of it afterwards',
    async (t, core) => {
      const network = await core.readNetwork(line());
      const executable = await core.loadNetwork(network, 'HETERO:WASM,CPU');
      const running = await core.loadNetwork(await core.readNetwork(slow()), 'CPU');
      const ends = startMany(t, running);
      const closes = [core.close(), core.close()];
      await ends;
      await Promise.all(closes);
      await core.close();
      for (const call of [
        () => core.getAvailableDevices(),
        () => core.loadNetwork(network, 'CPU'),
        () => core.queryNetwork(network, 'CPU'),
        () => executable.createInferRequest(),
      ]) {
        await rejects(t, call, 'RELEASED');
      }
      await executable.release();
    },
    own,
  );

  check(
    'closing a core while networks are loaded ends that too',
    async (t, core) => {
      const network = await core.readNetwork(line());
      const loading = ['CPU', 'WASM', 'HETERO:WASM,CPU'].map(device =>
        rejects(t, core.loadNetwork(network, device), 'RELEASED'),
      );
      await core.getAvailableDevices();
      await core.close();
      await Promise.all(loading);
    },
    own,
  );
}

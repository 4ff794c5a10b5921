import type {Outputs} from '../../../client/infer-request.js';
import {InferenceError} from '../../../errors.js';
import type {Behaviour} from './behaviour.js';
import {BehaviourFault, expectRefused, expectSame} from './behaviour-fault.js';
import {floats, heavy, heavyInputs, line} from './behaviour-networks.js';

const area = 'lifetime';

/** Every run must have ended, well or with RELEASED. */
async function endReleased(runs: readonly Promise<Outputs>[]): Promise<void> {
  for (const end of await Promise.allSettled(runs)) {
    if (end.status === 'fulfilled') continue;
    const {code, message} = InferenceError.from(end.reason);
    if (code !== 'RELEASED') {
      throw new BehaviourFault(`a run: expected a result or RELEASED, given ${code}: ${message}`);
    }
  }
}

export const lifetimes: readonly Behaviour[] = [
  {
    area,
    name: 'a network can be loaded and released over and over',
    async run(bench) {
      for (let time = 0; time < 8; time++) {
        const executable = await bench.load(line());
        const {y} = await executable.createInferRequest().infer({x: floats([time, 1], [1, 2])});
        expectSame(`output ${time}`, y?.data, Float32Array.of(2 * time + 1, 3));
        await executable.release();
      }
    },
  },
  {
    area,
    name: 'release ends the requests that run, and a second release changes nothing',
    async run(bench) {
      const executable = await bench.load(heavy());
      const runs = Array.from({length: 40}, () =>
        executable.createInferRequest().infer({...heavyInputs()}),
      );
      await Promise.all([endReleased(runs), executable.release(), executable.release()]);
      await executable.release();
    },
  },
  {
    area,
    name: 'a network that was released is used no more',
    async run(bench) {
      const executable = await bench.load(line());
      const request = executable.createInferRequest();
      await executable.release();
      const x = floats([1, 2], [1, 2]);
      await expectRefused('a request', 'RELEASED', () => request.infer({x}));
      await expectRefused('a new request', 'RELEASED', () => executable.createInferRequest());
    },
  },
  {
    area,
    name: 'releasing one network leaves others of the device alone, the same network too',
    async run(bench) {
      const [first, second] = [await bench.load(line()), await bench.load(line())];
      const inputs = (each: number) => ({x: floats([each, 0], [1, 2])});
      const runs = Array.from({length: 60}, (_, each) =>
        second.createInferRequest().infer(inputs(each)),
      );
      const [outputs] = await Promise.all([Promise.all(runs), first.release()]);
      const given = outputs.map(({y}) => y?.data[0]);
      expectSame(
        'outputs',
        given,
        runs.map((_, each) => 2 * each + 1),
      );
    },
  },
  {
    area,
    name: 'results stay when their network is gone',
    async run(bench) {
      const executable = await bench.load(line());
      const request = executable.createInferRequest();
      const {y} = await request.infer({x: floats([1, 2], [1, 2])});
      await executable.release();
      expectSame('output that was given', y?.data, Float32Array.of(3, 5));
      expectSame('output of the request', request.getOutput('y').data, y?.data);
    },
  },
  {
    area,
    name: 'a core that is closed ends its own, and leaves the device to others',
    async run(bench) {
      const core = await bench.openCore();
      const executable = await core.loadNetwork(await core.readNetwork(heavy()), bench.device);
      const runs = Array.from({length: 10}, () =>
        executable.createInferRequest().infer({...heavyInputs()}),
      );
      await Promise.all([endReleased(runs), core.close()]);
      await expectRefused('a closed core', 'RELEASED', () => core.getAvailableDevices());
      const {y} = await (await bench.load(line()))
        .createInferRequest()
        .infer({x: floats([1, 2], [1, 2])});
      expectSame('output', y?.data, Float32Array.of(3, 5));
    },
  },
];

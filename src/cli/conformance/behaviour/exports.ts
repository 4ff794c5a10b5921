import type {ExecutableNetwork} from '../../../client/executable-network.js';
import {PrePostProcessor} from '../../../client/pre-post-processor.js';
import type {Behaviour} from './behaviour.js';
import {expectRefused, expectSame} from './behaviour-fault.js';
import {floats, heavy, heavyInputs, line} from './behaviour-networks.js';

const area = 'import and export';

export const exports: readonly Behaviour[] = [
  {
    area,
    name: 'what is exported is imported, tells the same and gives the same',
    async run(bench) {
      const executable = await bench.load(heavy());
      const imported = await bench.import(await executable.exportNetwork());
      expectSame('inputs', imported.inputs, executable.inputs);
      expectSame('outputs', imported.outputs, executable.outputs);
      const {y: expected} = await executable.createInferRequest().infer({...heavyInputs()});
      const {y} = await imported.createInferRequest().infer({...heavyInputs()});
      expectSame('output', y?.data, expected?.data);
    },
  },
  {
    area,
    name: 'what is exported outlives the network, and what is imported is exported again',
    async run(bench) {
      const executable = await bench.load(line());
      const blob = await executable.exportNetwork();
      await executable.release();
      const again = await (await bench.import(blob)).exportNetwork();
      expectSame('output', await lineOf(await bench.import(again)), [3, 5]);
    },
  },
  {
    area,
    name: 'another client imports what one has exported',
    async run(bench) {
      const blob = await (await bench.load(line())).exportNetwork();
      const core = await bench.openCore();
      try {
        const imported = await core.importNetwork(blob, bench.device);
        expectSame('output', await lineOf(imported), [3, 5]);
      } finally {
        await core.close();
      }
    },
  },
  {
    area,
    name: 'config and preprocessing travel with the network',
    async run(bench) {
      const steps = new PrePostProcessor();
      steps.input('x').scale(2);
      const network = await bench.core.readNetwork(line());
      const options = {preprocessing: steps.build()};
      const config = {QUEUED_MAX: 77};
      const executable = await bench.core.loadNetwork(network, bench.device, config, options);
      const blob = await executable.exportNetwork().finally(() => executable.release());
      const imported = await bench.import(blob);
      expectSame('QUEUED_MAX', imported.getConfig('QUEUED_MAX'), 77);
      expectSame('output', await lineOf(imported), [2, 3]);
    },
  },
  {
    area,
    name: 'a blob that is cut short or damaged is refused',
    async run(bench) {
      const blob = await (await bench.load(line())).exportNetwork();
      const damaged = blob.map((byte, at) => (at === blob.length - 9 ? byte ^ 1 : byte));
      for (const bytes of [blob.subarray(0, blob.length - 1), damaged, new Uint8Array(3)]) {
        await expectRefused('an import', 'INVALID_BLOB', () => bench.import(bytes));
      }
      expectSame('output', await lineOf(await bench.import(blob)), [3, 5]);
    },
  },
  {
    area,
    name: 'a network that was released is not exported',
    async run(bench) {
      const executable = await bench.load(line());
      await executable.release();
      await expectRefused('an export', 'RELEASED', () => executable.exportNetwork());
    },
  },
];

/** y = 2x + 1 of 1 and 2. */
async function lineOf(executable: ExecutableNetwork): Promise<readonly unknown[]> {
  const {y} = await executable.createInferRequest().infer({x: floats([1, 2], [1, 2])});
  return [...(y?.data ?? [])];
}

import {readdir} from 'node:fs/promises';
import test, {type ExecutionContext} from 'ava';
import {Tensor} from 'onnxruntime-node';
import {cpuBackend} from '../../../../devices/cpu/backend.js';
import {lastRun} from '../../../../devices/onnxruntime/profile/kernel-event.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {temporaryFolder} from '../../../support/temporary-folder.js';

const options = {threads: 1, weightsFile: undefined, optimize: true};
const model = new NetworkBuilder()
  .input('x', 'f32', [2])
  .node('Relu', 'x', 'y', {}, 'rectify')
  .output('y')
  .bytes();

/** Where files go for the time of a test. */
async function ownFolder(t: ExecutionContext): Promise<string> {
  const before = process.env['TMPDIR'];
  const folder = await temporaryFolder(t);
  process.env['TMPDIR'] = folder;
  t.teardown(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  return folder;
}

/** ONNX Runtime has files of its own there. */
async function profilesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter(name => name.startsWith('heterodyne-profile-'));
}

test.serial(
  'a session that measures tells its kernels when it ends, and leaves no file',
  async t => {
    const folder = await ownFolder(t);
    const {session, end} = await cpuBackend.openMeasuring(model, options);
    t.is((await profilesIn(folder)).length, 1);
    await session.run({x: new Tensor('float32', [1, 2], [2])});
    const [kernel] = lastRun(await end(), new Set()) ?? [];
    t.like(kernel, {name: 'rectify', type: 'Relu', outputTypes: ['f32[2]']});
    t.deepEqual(await profilesIn(folder), []);
  },
);

test.serial('a network that cannot be opened leaves no file either', async t => {
  const folder = await ownFolder(t);
  await t.throwsAsync(cpuBackend.openMeasuring(Uint8Array.of(1, 2, 3), options));
  t.deepEqual(await profilesIn(folder), []);
});

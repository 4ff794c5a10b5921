import {mkdir, symlink, truncate, unlink, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {openNetwork} from '../../../src/client/network.js';
import {uploadNetwork} from '../../../src/client/upload-network.js';
import {createMemoryBulkStore} from '../../../src/wire/memory-bulk-store.js';
import {externalNetwork, externalTensorProto} from '../../support/external-network.js';
import {NetworkBuilder} from '../../support/network-builder.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

const relu = () =>
  new NetworkBuilder('relu')
    .input('x', 'f32', ['n', 3])
    .node('Relu', 'x', 'y')
    .output('y', 'f32', ['n', 3])
    .bytes();

/** A network and the files beside it, in a folder that goes when the test ends. */
async function written(t: ExecutionContext): Promise<{folder: string; path: string}> {
  const folder = await temporaryFolder(t);
  const {bytes, files} = externalNetwork();
  const path = join(folder, 'network.onnx');
  await writeFile(path, bytes);
  for (const [location, content] of files) {
    await mkdir(dirname(join(folder, location)), {recursive: true});
    await writeFile(join(folder, location), content);
  }
  return {folder, path};
}

/** A network whose one weight lies at `location`, and not the weight. */
async function writtenWith(
  t: ExecutionContext,
  location: string,
  folder?: string,
): Promise<string> {
  const path = join(folder ?? (await temporaryFolder(t)), 'network.onnx');
  const builder = new NetworkBuilder()
    .input('x', 'f32', [2])
    .initializer('w', externalTensorProto([2], {location}))
    .node('Add', 'x w', 'y')
    .output('y', 'f32', [2]);
  await writeFile(path, builder.bytes());
  return path;
}

test('a network says its name, inputs, outputs and operations', async t => {
  const network = await openNetwork(relu());
  t.is(network.name, 'relu');
  t.deepEqual(network.inputs, [{name: 'x', type: 'f32', shape: ['n', 3]}]);
  t.like(network.outputs, [{name: 'y'}]);
  t.like(network.operations, [{type: 'Relu'}]);
});

test('affinity is set by operation, and cleared', async t => {
  const network = await openNetwork(relu());
  const [operation] = network.operations;
  network.setAffinity(operation?.name ?? '', 'CPU');
  t.deepEqual([...network.affinity.values()], ['CPU']);
  network.clearAffinity();
  t.is(network.affinity.size, 0);
});

test('affinity of an unknown operation suggests the nearest', async t => {
  const network = await openNetwork(
    new NetworkBuilder()
      .input('x', 'f32', [2])
      .node('Relu', 'x', 'y')
      .output('y', 'f32', [2])
      .bytes(),
  );
  const name = network.operations[0]?.name ?? '';
  const error = t.throws(() => network.setAffinity(`${name}x`, 'CPU'));
  t.like(error, {code: 'UNKNOWN_OPERATION', operation: `${name}x`});
  t.true(error?.message.includes(`did you mean '${name}'?`), error?.message);
});

test('external data is found beside the network and below', async t => {
  const {path, folder} = await written(t);
  const network = await openNetwork(path);
  t.deepEqual([...network.files.keys()], ['a.bin', 'folder/b.bin']);
  t.true([...network.files.values()].every(file => file.startsWith(folder)));
});

test('a link that stays inside the folder is followed', async t => {
  const {path, folder} = await written(t);
  await unlink(join(folder, 'a.bin'));
  await writeFile(join(folder, 'elsewhere.bin'), new Uint8Array(24));
  await symlink('elsewhere.bin', join(folder, 'a.bin'));
  t.is((await openNetwork(path)).files.get('a.bin'), join(folder, 'elsewhere.bin'));
});

test('a link that leads outside the folder is refused', async t => {
  const {path, folder} = await written(t);
  const outside = join(await temporaryFolder(t), 'secret.bin');
  await writeFile(outside, new Uint8Array(24));
  await unlink(join(folder, 'a.bin'));
  await symlink(outside, join(folder, 'a.bin'));
  const error = await t.throwsAsync(openNetwork(path));
  t.like(error, {code: 'PATH_REFUSED'});
  t.regex(error?.message ?? '', /a\.bin/);
});

test('a linked folder that leads outside, also to one whose name begins alike, is refused', async t => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'inner'));
  await mkdir(join(folder, 'inner-not'));
  await writeFile(join(folder, 'inner-not', 'w.bin'), new Uint8Array(8));
  await symlink(join(folder, 'inner-not'), join(folder, 'inner', 'weights'));
  const path = await writtenWith(t, 'weights/w.bin', join(folder, 'inner'));
  t.like(await t.throwsAsync(openNetwork(path)), {code: 'PATH_REFUSED'});
});

test('a name that only begins with two dots is inside', async t => {
  const path = await writtenWith(t, '..w.bin');
  await writeFile(join(dirname(path), '..w.bin'), new Uint8Array(8));
  t.is((await openNetwork(path)).files.size, 1);
});

test('external data that is too short is refused, saying what was expected', async t => {
  const {path, folder} = await written(t);
  await truncate(join(folder, 'a.bin'), 23);
  const error = await t.throwsAsync(openNetwork(path));
  t.like(error, {code: 'FILE_UNREADABLE'});
  t.regex(error?.message ?? '', /a\.bin: expected 16 bytes for a from 8 on, the file has 23/);
});

test('external data that is not there, or no file, is refused', async t => {
  const absent = await writtenWith(t, 'w.bin');
  t.like(await t.throwsAsync(openNetwork(absent)), {code: 'FILE_UNREADABLE'});
  const folder = await writtenWith(t, 'w.bin');
  await mkdir(join(dirname(folder), 'w.bin'));
  const error = await t.throwsAsync(openNetwork(folder));
  t.like(error, {code: 'FILE_UNREADABLE'});
  t.regex(error?.message ?? '', /expected a file/);
});

test('a network with external data is read by its path only', async t => {
  const error = await t.throwsAsync(openNetwork(externalNetwork().bytes));
  t.like(error, {code: 'FILE_UNREADABLE'});
  t.regex(error?.message ?? '', /a\.bin/);
});

test('what is neither path nor bytes is refused', async t => {
  for (const source of [null, 7, {}, [1]]) {
    t.like(await t.throwsAsync(openNetwork(source as unknown as string)), {
      code: 'INVALID_ARGUMENT',
    });
  }
});

test('weights that go or shrink between reading and upload are an error like any', async t => {
  const bulk = createMemoryBulkStore();
  t.teardown(() => bulk.close());
  for (const spoil of [unlink, (file: string) => truncate(file, 10)]) {
    const {path, folder} = await written(t);
    const network = await openNetwork(path);
    await spoil(join(folder, 'a.bin'));
    const error = await t.throwsAsync(uploadNetwork(network, bulk));
    t.like(error, {code: 'FILE_UNREADABLE'});
    t.regex(error?.message ?? '', /a\.bin/);
  }
});

test('a network is stored with its weights in one file, and only once', async t => {
  const bulk = createMemoryBulkStore();
  t.teardown(() => bulk.close());
  const {path} = await written(t);
  const first = await uploadNetwork(await openNetwork(path), bulk);
  const second = await uploadNetwork(await openNetwork(path), bulk);
  t.deepEqual(first, second);
  t.true(await bulk.has(first.model.digest));
  t.true((first.weights?.bytes ?? 0) >= 32);
  const small = await uploadNetwork(await openNetwork(relu()), bulk);
  t.is(small.weights, null);
});

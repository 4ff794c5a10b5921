import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {readImage} from '../../../src/client/read-image.js';
import {imageFile} from '../../support/image-files.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

test('an image is read from a file, or from its bytes', async t => {
  const {file, pixels} = imageFile('colours and alpha of 8 bits');
  const path = join(await temporaryFolder(t), 'image');
  await writeFile(path, file);
  for (const source of [path, file]) {
    const image = await readImage(source);
    t.is(`${image}`, 'u8[1,4,5,4]');
    t.deepEqual(image.data, pixels);
  }
});

test('what cannot be read is an error that names the file', async t => {
  const folder = await temporaryFolder(t);
  const [absent, text] = [join(folder, 'absent.png'), join(folder, 'text.png')];
  await writeFile(text, 'text');
  t.like(await t.throwsAsync(readImage(absent)), {code: 'FILE_UNREADABLE'});
  t.like(await t.throwsAsync(readImage(folder)), {code: 'FILE_UNREADABLE'});
  t.like(await t.throwsAsync(readImage(text)), {
    code: 'FILE_UNREADABLE',
    message: `${text}: expected a PNG or JPEG file`,
  });
  t.like(await t.throwsAsync(readImage(5 as unknown as string)), {code: 'INVALID_ARGUMENT'});
});

import {mkdir, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {pluginFiles} from '../../src/cli/scaffold/plugin-files.js';
import {pluginNames} from '../../src/cli/scaffold/plugin-names.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A new plugin in `folder`, with this package installed beside it; gives the path of its module. */
export async function createdPlugin(folder: string, name: string): Promise<string> {
  const names = pluginNames(name);
  const own = join(folder, names.folder);
  await mkdir(join(folder, 'node_modules'), {recursive: true});
  await symlink(root, join(folder, 'node_modules', 'heterodyne'), 'dir');
  await mkdir(own);
  for (const [file, content] of await pluginFiles(names)) await writeFile(join(own, file), content);
  return join(own, 'plugin.js');
}

import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Command} from 'commander';
import {InferenceError} from '../../errors.js';
import type {Console} from '../report.js';
import {pluginFiles} from '../scaffold/plugin-files.js';
import {pluginNames} from '../scaffold/plugin-names.js';

/** `heterodyne create-plugin`. */
export function createPluginCommand(console: Console): Command {
  return new Command('create-plugin')
    .description('write a new plugin that runs, to begin one of your own with')
    .argument('<name>', 'name of the plugin: my-chip makes the device MY_CHIP')
    .addHelpText('after', '\nExample:\n  $ heterodyne create-plugin my-chip\n')
    .action(async (name: string) => {
      const names = pluginNames(name);
      const files = await pluginFiles(names);
      await makeFolder(names.folder);
      for (const [file, content] of files) await writeFile(join(names.folder, file), content);
      console.note(`${names.folder} holds the plugin ${names.kind}; its README tells how to go on`);
    });
}

/** Nothing that is there already is written over. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const text = `${folder} cannot be made: ${why}`;
    throw new InferenceError('INVALID_ARGUMENT', text, {}, {cause: error});
  }
}

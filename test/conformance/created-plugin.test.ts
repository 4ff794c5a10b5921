import {pathToFileURL} from 'node:url';
import type {Plugin} from '../../src/plugin/plugin.js';
import {createdPlugin} from '../support/created-plugin.js';
import {fileCleanup} from '../support/file-cleanup.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {conformsToPlugin} from './plugin.js';

/* What `heterodyne create-plugin` writes is a plugin like any other. */

const cleanup = fileCleanup();
let module: Promise<{createPluginEngine(): Plugin}> | undefined;

async function created(): Promise<{createPluginEngine(): Plugin}> {
  const path = await createdPlugin(await temporaryFolder(cleanup), 'my-chip');
  return import(pathToFileURL(path).href);
}

conformsToPlugin('a created plugin', async () => {
  module ??= created();
  return (await module).createPluginEngine();
});

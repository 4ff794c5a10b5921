import {pathToFileURL} from 'node:url';
import type {Plugin} from '../../src/plugin/plugin.js';
import {createdPlugin} from '../support/created-plugin.js';
import {fileCleanup} from '../support/file-cleanup.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {conformsToPlugin} from './plugin.js';
import {conformsToExports} from './plugin-exports.js';

/* What `heterodyne create-plugin` writes is a plugin like any other. */

const cleanup = fileCleanup();
let module: Promise<{createPluginEngine(): Plugin}> | undefined;

async function created(): Promise<{createPluginEngine(): Plugin}> {
  const path = await createdPlugin(await temporaryFolder(cleanup), 'my-chip');
  return import(pathToFileURL(path).href);
}

async function create(): Promise<Plugin> {
  module ??= created();
  return (await module).createPluginEngine();
}

conformsToPlugin('a created plugin', create);
conformsToExports('a created plugin', create);

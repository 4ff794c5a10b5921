import {pathToFileURL} from 'node:url';
import {createPlugin} from '../../src/app/plugins.js';
import {createdPlugin} from '../support/created-plugin.js';
import {fileCleanup} from '../support/file-cleanup.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {behavesAs} from './behaviours.js';

/* What `heterodyne create-plugin` writes, and a network that is shared out among two devices. */

const cleanup = fileCleanup();
let module: Promise<string> | undefined;

async function created(): Promise<string> {
  return createdPlugin(await temporaryFolder(cleanup), 'my-chip');
}

behavesAs('MY_CHIP', async () => {
  module ??= created();
  const plugin = await createPlugin(pathToFileURL(await module).href);
  return {devices: [], plugins: [plugin]};
});

behavesAs('HETERO:WASM,CPU', async () => ({devices: ['WASM', 'CPU']}));

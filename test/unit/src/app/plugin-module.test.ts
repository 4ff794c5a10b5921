import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {loadPlugin, locatePlugin} from '../../../../src/app/plugin-module.js';
import {temporaryFolder} from '../../../support/temporary-folder.js';

const methods = 'devices() {}, queryNetwork() {}, loadNetwork() {}, close() {}';

/** The address of a module with this text. */
async function moduleOf(t: ExecutionContext, text: string): Promise<string> {
  const path = join(await temporaryFolder(t), 'plugin.mjs');
  await writeFile(path, text);
  return pathToFileURL(path).href;
}

function factory(plugin: string): string {
  return `export function createPluginEngine() { return ${plugin}; }`;
}

test('a plugin is found by its path and by the name of its package', async t => {
  const folder = await temporaryFolder(t);
  const installed = join(folder, 'node_modules', 'some-plugin');
  await mkdir(installed, {recursive: true});
  const manifest = {name: 'some-plugin', type: 'module', exports: './main.js'};
  await writeFile(join(installed, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(installed, 'main.js'), factory('{}'));
  await writeFile(join(folder, 'own.js'), factory('{}'));
  t.is(locatePlugin('./own.js', folder), pathToFileURL(join(folder, 'own.js')).href);
  t.is(locatePlugin(join(folder, 'own.js'), '/'), pathToFileURL(join(folder, 'own.js')).href);
  t.is(locatePlugin('some-plugin', folder), pathToFileURL(join(installed, 'main.js')).href);
  for (const absent of ['./absent.js', 'absent-plugin']) {
    t.throws(() => locatePlugin(absent, folder), {code: 'FILE_UNREADABLE', message: /absent/});
  }
});

test('a module that makes a plugin is loaded', async t => {
  const address = await moduleOf(t, factory(`{name: 'CHIP', version: '1', ${methods}}`));
  t.is((await loadPlugin(address, ['CPU'])).name, 'CHIP');
});

test('a module that is no plugin is refused, saying what was expected', async t => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['this is no module', /cannot be loaded/],
    ['export const other = 1;', /a module that exports createPluginEngine\(\)/],
    [factory('7'), /createPluginEngine\(\) to give a plugin/],
    [factory(`{name: 'my chip', ${methods}}`), /a name of capital letters.*"my chip"/],
    [factory(`{${methods}}`), /a name of capital letters.*undefined/],
    [factory(`{name: 'CPU', ${methods}}`), /another name than CPU/],
    [factory("{name: 'CHIP', devices() {}}"), /a plugin with a method queryNetwork/],
    [factory(`{name: 'CHIP', ${methods}, canImport() {}}`), /all of .*importNetwork, or none/],
  ];
  for (const [text, message] of wrong) {
    const address = await moduleOf(t, text);
    await t.throwsAsync(loadPlugin(address, ['CPU']), {code: 'INVALID_ARGUMENT', message}, text);
  }
});

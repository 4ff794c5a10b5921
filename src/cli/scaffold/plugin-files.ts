import {readFile} from 'node:fs/promises';
import {packageVersion} from '../../app/package-version.js';
import type {PluginNames} from './plugin-names.js';
import {pluginReadme} from './plugin-readme.js';

/** What a new plugin is made of, as this package has it: TEMPLATE's own files, and fewer kernels. */
const sources: Readonly<Record<string, string>> = {
  'plugin.js': '../../../devices/template/plugin.js',
  'executable-network.js': '../../../devices/template/executable-network.js',
  'infer-request.js': '../../../devices/template/infer-request.js',
  'kernel-worker.js': '../../../devices/template/kernel-worker.js',
  'query-worker.js': '../../../devices/template/query-worker.js',
  'operation-table.js': './operation-table.js',
  'plugin.test.js': './smoke-test.js',
};

/** The files of a new plugin, by their names. */
export async function pluginFiles(names: PluginNames): Promise<ReadonlyMap<string, string>> {
  const files = new Map([
    ['package.json', manifest(names)],
    ['README.md', pluginReadme(names)],
  ]);
  for (const [name, source] of Object.entries(sources)) {
    const code = await readFile(new URL(source, import.meta.url), 'utf8');
    files.set(name, adapted(code, names));
  }
  const plugin = files.get('plugin.js') ?? '';
  files.set('plugin.js', `${plugin}\n${factory(names)}`);
  return files;
}

function manifest({folder}: PluginNames): string {
  const content = {
    name: `heterodyne-${folder}`,
    version: '0.1.0',
    type: 'module',
    exports: './plugin.js',
    scripts: {test: 'node --test'},
    peerDependencies: {heterodyne: `^${packageVersion()}`},
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function factory({prefix}: PluginNames): string {
  return `/** The one export of a plugin's module that Heterodyne asks for. */
export function createPluginEngine() {
  return new ${prefix}Plugin();
}
`;
}

/** Compiled code of this package as that of another: what is outside it comes from the SDK. */
function adapted(code: string, {kind, prefix}: PluginNames): string {
  return withOneImport(code.replace(/^\/\/# sourceMappingURL.*\n?/m, ''))
    .replace("['FP32', 'FP16', 'INT8', ", "['FP32', ")
    .replace('The reference plugin: kernels in TypeScript', 'A plugin with kernels in JavaScript')
    .replace('Reference kernels in TypeScript', kind)
    .replaceAll('TEMPLATE', kind)
    .replaceAll('Template', prefix)
    .replace(/^ +/gm, indented);
}

/** All that is imported from outside the folder, in one line from the SDK. */
function withOneImport(code: string): string {
  const outside = /^import \{([^}]*)\} from '\.\.\/[^']*';\n/gm;
  const names = [...code.matchAll(outside)].flatMap(([, list = '']) => list.split(','));
  const imported = names.map(name => name.trim()).filter(name => name !== '');
  const rest = code.replace(outside, '');
  return `import {${imported.sort().join(', ')}} from 'heterodyne/plugin';\n${rest}`;
}

/** The compiler indents by 4 spaces; we do by 2. */
function indented(spaces: string): string {
  const levels = Math.floor(spaces.length / 4);
  return ' '.repeat(levels * 2 + (spaces.length % 4));
}

import {readFileSync} from 'node:fs';
import test from 'ava';
import type {Command} from 'commander';
import {operationTable} from '../../../devices/template/operation-table.js';
import {createProgram} from '../../../src/cli/program.js';
import {systemConsole} from '../../../src/cli/report.js';
import * as sdk from '../../../src/plugin/index.js';

const root = new URL('../../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const page = read('docs/PLUGINS.md');

test('the code that docs/PLUGINS.md quotes is in the files that it names', t => {
  const quotations = [...page.matchAll(/<!-- (\S+\.ts) -->\n\n```ts\n([\s\S]*?)```/g)];
  t.true(quotations.length > 6);
  t.is(quotations.length, page.split('```ts').length - 1, 'each says where it is from');
  for (const [, file = '', code = ''] of quotations) t.true(read(file).includes(code), code);
});

/** Whether the command and each of its options exist. */
function isKnown(program: Command, words: readonly string[]): boolean {
  const command = program.commands.find(each => each.name() === words[0]);
  const options = words.slice(1).filter(word => word.startsWith('-'));
  return (
    command !== undefined &&
    options.every(option => command.options.some(({long, short}) => [long, short].includes(option)))
  );
}

test('the commands of docs/PLUGINS.md exist, with their options', t => {
  const program = createProgram(systemConsole());
  const commands = [...page.matchAll(/^npx heterodyne (.+)$/gm)].map(([, rest = '']) => rest);
  t.true(commands.length > 3);
  t.deepEqual(
    commands.filter(command => !isKnown(program, command.split(' '))),
    [],
  );
});

test('what docs/PLUGINS.md calls by name is in the SDK, or a member of what is', t => {
  const exported = Object.keys(sdk);
  const classes = ['ExecutableNetworkBase', 'ExecutorManager', 'WarmWorkers', 'WorkerPool'];
  const functions = ['parseConfig', 'localName', 'unsupported'];
  for (const name of [...classes, ...functions]) {
    t.true(page.includes(`\`${name}`), name);
    t.true(exported.includes(name), name);
  }
  for (const stage of sdk.pipelineStages) t.true(page.includes(`| \`${stage}\` |`), stage);
});

test('TEMPLATE claims as many operations as docs/PLUGINS.md says', t => {
  t.true(page.includes('claims over a hundred'));
  t.true(new Set(operationTable.claims.map(({type}) => type)).size > 100);
});

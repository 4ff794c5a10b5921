import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {createProgram} from '../../../src/cli/program.js';
import {systemConsole} from '../../../src/cli/report.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

const pages = [
  ...readdirSync(root),
  ...['docs', 'examples', 'bench'].flatMap(folder =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'}).map(name =>
          join(folder, name),
        )
      : [],
  ),
].filter(name => name.endsWith('.md'));

interface Link {
  readonly page: string;
  readonly target: string;
}

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** Links to other files and to sections; not to the web. */
function linksOf(page: string): Link[] {
  const matches = read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g);
  return [...matches].map(([, target = '']) => ({page, target}));
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function isBroken({page, target}: Link): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, file))) return true;
  return anchor !== undefined && !anchorsOf(file).includes(anchor);
}

test('links between pages lead somewhere', t => {
  t.true(pages.includes('README.md'));
  t.deepEqual(pages.flatMap(linksOf).filter(isBroken), []);
});

test('files that pages name are there', t => {
  const named = pages.flatMap(page =>
    [...read(page).matchAll(/`((?:src|schemas|actors|devices|test|scripts)\/[\w/.-]+\.\w+)`/g)].map(
      ([, path = '']) => ({page, path}),
    ),
  );
  t.true(named.length > 10);
  t.deepEqual(
    named.filter(({path}) => !path.includes('NAME') && !existsSync(join(root, path))),
    [],
  );
});

test('every decision is in their list', t => {
  const folder = 'docs/decisions';
  const files = readdirSync(join(root, folder)).filter(name => name !== 'README.md');
  const listed = linksOf(`${folder}/README.md`).map(({target}) => target);
  t.deepEqual(listed, files.sort());
});

test('README.md lists every command', t => {
  const commands = createProgram(systemConsole()).commands.map(command => command.name());
  const listed = [...read('README.md').matchAll(/^\| `([\w-]+)[^`|]*` +\|/gm)].map(
    ([, name]) => name,
  );
  t.true(commands.length > 5);
  t.deepEqual(
    commands.filter(name => !listed.includes(name)),
    [],
  );
});

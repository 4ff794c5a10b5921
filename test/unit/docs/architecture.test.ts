import {existsSync, readFileSync} from 'node:fs';
import test from 'ava';

const root = new URL('../../../../', import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

const page = read('docs/ARCHITECTURE.md');

/** The rows of the table in the section of that heading, cell by cell. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter(line => line.startsWith('|'));
  return lines.slice(2).map(line => {
    return line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim());
  });
}

test('docs/ARCHITECTURE.md lists the rooms that the architecture test holds', t => {
  const table = /const rooms[^\n]*\n([\s\S]*?)\n};\n/.exec(read('test/architecture.test.ts'))?.[1];
  const rooms = [...(table ?? '').matchAll(/^ {2}'?([\w/-]+)'?: \{([\s\S]*?)\},?$/gm)];
  const held = rooms.map(([, name, room = '']) => [`\`${name}\``, room.includes('pure: true')]);
  const listed = rowsOf('Rooms').map(([name, , , pure]) => [name, pure === 'yes']);
  t.true(held.length > 10);
  t.deepEqual(listed.sort(), held.sort());
});

test('the bounds in docs/ARCHITECTURE.md are those of the code', t => {
  const rows = rowsOf('Bounds').map(cells => cells.map(cell => cell.replaceAll('`', '')));
  t.true(rows.length > 30);
  const wrong = rows.filter(([, name = '', value = '', file = '']) => {
    const escaped = value.replace(/[*.]/g, '\\$&');
    const definition = new RegExp(`\\b${name}\\b[^=:\\n]*[=:] ?${escaped}[;,\\n]`);
    return !existsSync(new URL(file, root)) || !definition.test(read(file));
  });
  t.deepEqual(wrong, [], 'these rows say what the code does not');
});

import {execFile} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import test from 'ava';

const root = new URL('../../../../', import.meta.url);

test('the quick start cuts a network in two and reads a digit', async t => {
  const script = fileURLToPath(new URL('dist/examples/quickstart.js', root));
  const {stdout} = await promisify(execFile)(process.execPath, [script], {
    cwd: fileURLToPath(root),
  });
  const lines = stdout.trim().split('\n');
  t.is(lines.length, 3);
  t.regex(lines[0] ?? '', /^stage0 WASM conv1,.*,relu4$/);
  t.regex(lines[1] ?? '', /^stage1 CPU conv5,.*,fc2$/);
  t.is(lines[2], 'it is a 3');
});

test('README.md shows the quick start as it is', async t => {
  const code = await readFile(new URL('examples/quickstart.ts', root), 'utf8');
  const readme = await readFile(new URL('README.md', root), 'utf8');
  t.true(readme.includes(`\`\`\`ts\n${code}\`\`\`\n`));
});

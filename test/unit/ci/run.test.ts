import {execFile} from 'node:child_process';
import {chmod, cp, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';

const script = fileURLToPath(new URL('../../../../.ci/run', import.meta.url));

interface Run {
  readonly status: number;
  readonly lines: readonly string[];
}

/** What `npm test` prints, and how it and `npm ci` end. */
interface Npm {
  readonly prints?: string;
  readonly exits?: number;
  readonly installExits?: number;
}

/** Runs a copy of .ci/run where `npm` only prints. */
async function runWith(t: ExecutionContext, npm: Npm): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'heterodyne-ci-'));
  t.teardown(() => rm(folder, {recursive: true}));
  await mkdir(join(folder, '.ci'));
  await cp(script, join(folder, '.ci/run'));
  await writeFile(join(folder, 'prints'), npm.prints ?? '');
  const fake = [
    '#!/bin/sh',
    `if [ "$*" = ci ]; then echo added 1 package; exit ${npm.installExits ?? 0}; fi`,
    `if [ "$*" != test ]; then exit 99; fi`,
    `cat prints; exit ${npm.exits ?? 0}`,
  ];
  await writeFile(join(folder, 'npm'), fake.join('\n'));
  await chmod(join(folder, 'npm'), 0o755);
  const env = {...process.env, PATH: `${folder}:${process.env['PATH']}`};
  return new Promise(resolve => {
    execFile(join(folder, '.ci/run'), {env}, (error, stdout) => {
      resolve({status: Number(error?.code ?? 0), lines: stdout.trimEnd().split('\n')});
    });
  });
}

interface Case extends Npm {
  readonly closes: string;
  readonly status: number;
}

const cases: Readonly<Record<string, Case>> = {
  'tests that all passed': {
    prints: '\n  ✔ a › x\n  ✔ b › y\n  ─\n\n  2 tests passed\n',
    closes: '2 passed, 0 failed',
    status: 0,
  },
  'one test that passed, with colours': {
    prints: '\x1b[32m  ✔\x1b[39m x\n  \x1b[90m─\x1b[39m\n\n  \x1b[32m1 test passed\x1b[39m\n',
    closes: '1 passed, 0 failed',
    status: 0,
  },
  'skipped tests and known failures': {
    prints: '  ─\n\n  7 tests passed\n  1 known failure\n  2 tests skipped\n  1 test todo\n',
    closes: '7 passed, 0 failed',
    status: 0,
  },
  'tests that failed, where the summary does not say how many passed': {
    prints:
      '  ✔ a › x\n  ✔ [expected fail] a › w\n  ✘ [fail]: a › y why\n  ✔ a › z (1.2s)\n  ─\n\n' +
      '  a › y\n\n  Difference:\n\n  12 tests passed\n\n  ─\n\n  1 test failed\n',
    exits: 1,
    closes: '2 passed, 1 failed',
    status: 1,
  },
  'hooks, rejections and exceptions': {
    prints:
      '  ─\n\n  1 hook failed\n  3 tests failed\n  2 unhandled rejections\n  1 uncaught exception\n',
    exits: 1,
    closes: '0 passed, 7 failed',
    status: 1,
  },
  'an exception although every test passed': {
    prints:
      '  Uncaught exception in test/a.test.ts\n  ─\n\n  5 tests passed\n  1 uncaught exception\n',
    exits: 1,
    closes: '5 passed, 1 failed',
    status: 1,
  },
  'tests that never ended': {
    prints:
      '  ✘ Timed out while running tests\n  ✔ a › x\n  ─\n\n  1 test passed\n' +
      '  4 tests remained pending after a timeout\n',
    exits: 1,
    closes: '1 passed, 4 failed',
    status: 1,
  },
  'a file that crashed': {
    prints: '  ✔ a › x\n  ✘ test/b.test.ts exited due to SIGSEGV\n  ─\n\n  1 test passed\n',
    exits: 1,
    closes: '1 passed, 1 failed',
    status: 1,
  },
  'a file without tests': {
    prints: '  ✘ No tests found in test/b.test.ts\n  ─\n\n  3 tests passed\n',
    exits: 1,
    closes: '3 passed, 1 failed',
    status: 1,
  },
  'a build that failed': {
    prints: "src/a.ts(1,1): error TS2304: Cannot find name 'x'.\n",
    exits: 2,
    closes: '0 passed, 1 failed',
    status: 1,
  },
  'no test files at all': {
    prints: '  ✘ Couldn’t find any files to test\n',
    exits: 1,
    closes: '0 passed, 1 failed',
    status: 1,
  },
  'silence that claims success': {closes: '0 passed, 1 failed', status: 1},
  'an unknown failure although every test passed': {
    prints: '  ─\n\n  5 tests passed\n',
    exits: 1,
    closes: '5 passed, 1 failed',
    status: 1,
  },
  'numbers that a test prints': {
    prints: '  ✔ a › x\n    ℹ 9 tests failed\n9 tests failed\n  ─\n\n  1 test passed\n',
    closes: '1 passed, 0 failed',
    status: 0,
  },
  'an installation that failed': {installExits: 1, closes: '0 passed, 1 failed', status: 1},
};

for (const [what, {closes, status, ...npm}] of Object.entries(cases)) {
  test(`it closes with the numbers of ${what}`, async t => {
    const run = await runWith(t, npm);
    t.deepEqual({closes: run.lines.at(-1), status: run.status}, {closes, status});
  });
}

test('what the tests print is shown, what the installation prints is not', async t => {
  const run = await runWith(t, {prints: '  ✔ x\n  ─\n\n  1 test passed\n'});
  t.deepEqual(run.lines, ['  ✔ x', '  ─', '', '  1 test passed', '1 passed, 0 failed']);
});

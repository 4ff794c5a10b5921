import {Script} from 'node:vm';
import test from 'ava';
import {ansiStyle} from '../../../../src/cli/ansi.js';
import {
  type CaseOutcome,
  type CaseResult,
  noCuts,
} from '../../../../src/cli/conformance/case-result.js';
import {
  conformanceReport,
  conforms,
  operationRows,
} from '../../../../src/cli/conformance/conformance-report.js';
import {reportHtml} from '../../../../src/cli/conformance/report-html.js';
import {reportText} from '../../../../src/cli/conformance/report-text.js';

const result = (
  name: string,
  operation: string,
  outcome: CaseOutcome,
  rest: Partial<CaseResult> = {},
): CaseResult => ({name, operation, outcome, message: '', cuts: noCuts, ...rest});

const cases = [
  result('a', 'Relu', 'passed', {cuts: {...noCuts, passed: 3, joined: 2}}),
  result('b', 'Relu', 'failed', {message: 'cut before <y>: 1 & 2', cuts: {...noCuts, failed: 1}}),
  result('c', 'Conv', 'unsupported', {message: 'no kernel'}),
  result('d', 'Abs', 'crashed', {message: 'the process ended (SIGSEGV)'}),
  result('e', 'Abs', 'hanging', {message: 'no answer within 60 s'}),
];
const run = {device: 'CPU', cutWith: 'WASM', durationMs: 61_400, cases};
const report = conformanceReport(run);
const behaviours = [
  result('wait settles', 'waiting', 'passed'),
  result('a callback may start again', 'callbacks', 'failed', {message: 'it may not'}),
];

test('outcomes are counted', t => {
  const {device, passed, failed, unsupported, crashed, hanging} = report;
  t.deepEqual(
    {device, passed, failed, unsupported, crashed, hanging},
    {device: 'CPU', passed: 1, failed: 1, unsupported: 1, crashed: 1, hanging: 1},
  );
});

test('operations have a row each, in order; a joined cut was not made', t => {
  const rows = operationRows(cases).map(({operation, counts, cuts}) => [
    operation,
    counts.passed,
    counts.failed,
    cuts,
  ]);
  t.deepEqual(rows, [
    ['Abs', 0, 0, {passed: 0, made: 0}],
    ['Conv', 0, 0, {passed: 0, made: 0}],
    ['Relu', 1, 1, {passed: 3, made: 4}],
  ]);
});

test('a device conforms where nothing fails, crashes or hangs', t => {
  const counts = {passed: 1, failed: 0, unsupported: 1, crashed: 0, hanging: 0};
  t.true(conforms(counts));
  for (const bad of ['failed', 'crashed', 'hanging']) t.false(conforms({...counts, [bad]: 1}));
});

test('the text shows operations, what did not pass, and the sums', t => {
  const lines = reportText(report, ansiStyle(false)).split('\n');
  t.regex(lines[0] ?? '', /^OPERATION +PASSED +FAILED +UNSUPPORTED +CRASHED +HANGING +CUTS$/);
  t.regex(lines[3] ?? '', /^Relu +1 +1 +0 +0 +0 +3\/4$/);
  t.deepEqual(lines.slice(5, 9), [
    'OUTCOME  CASE  MESSAGE',
    'failed   b     cut before <y>: 1 & 2',
    'crashed  d     the process ended (SIGSEGV)',
    'hanging  e     no answer within 60 s',
  ]);
  const sums = '1 passed, 1 failed, 1 unsupported, 1 crashed, 1 hanging (61 s)';
  t.is(lines.at(-1), `CPU, cut with WASM: ${sums}`);
});

test('behaviours are a group of their own, before operations, and count with them', t => {
  const both = conformanceReport({...run, behaviours});
  t.deepEqual([both.passed, both.failed], [2, 2]);
  t.deepEqual(
    both.cases.map(({group}) => group),
    [...behaviours.map(() => 'behaviour'), ...cases.map(() => 'operations')],
  );
  const lines = reportText(both, ansiStyle(false)).split('\n');
  t.regex(lines[0] ?? '', /^BEHAVIOUR +PASSED +FAILED +UNSUPPORTED +CRASHED +HANGING$/);
  t.regex(lines[1] ?? '', /^callbacks +0 +1 +0 +0 +0$/);
  t.true(lines.some(line => line.startsWith('OPERATION ')));
  t.true(lines.some(line => /^failed +a callback may start again +it may not$/.test(line)));
  t.regex(reportHtml(both), /<h2>Behaviour<\/h2>.*callbacks.*<h2>Operation<\/h2>/s);
});

test('the page needs no other file, and shows names and messages as they are', t => {
  const page = reportHtml(report);
  t.regex(page, /cut before &lt;y&gt;: 1 &amp; 2/);
  t.notRegex(page, /<y>|src=|href=|@import|url\(/);
  for (const {name} of cases) t.true(page.includes(`<td>${name}</td>`));
});

test('the page says how many passed by a comparison with something else', t => {
  const note = 'random: only types and shapes compared';
  const with2 = [...cases, result('f', 'Relu', 'passed', {message: note})];
  const page = reportHtml(conformanceReport({...report, cases: with2}));
  t.regex(page, /Of the passed, 1 by other than the case&#39;s outputs\./);
  t.notRegex(reportHtml(report), /Of the passed/);
});

test('the page filters its cases by itself, and shows all of them without scripts', t => {
  const page = reportHtml(report);
  const script = /<script>(.*)<\/script>/s.exec(page)?.[1] ?? '';
  t.notThrows(() => new Script(script));
  t.is(page.match(/<tr class="case">/g)?.length, cases.length);
  t.true(page.includes('<p id="filter" hidden>'));
  t.true(page.includes('<button type="button">Relu</button>'));
});

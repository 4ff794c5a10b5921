import {formatTable} from '../../src/cli/table.js';
import {runScenario} from './run-scenario.js';
import type {ScenarioResult} from './scenario.js';
import {scenarios} from './scenarios.js';

/* `npm run chaos`: every scenario once, as a table or, with --json, as one object. */

const columns = ['name', 'sent', 'succeeded', 'retried', 'failed', 'lost', 'wrong', 'recoveryMs'];

const titled = (title: string) => ({title, align: title === 'name' ? 'left' : 'right'}) as const;

const results: ScenarioResult[] = [];
for (const scenario of scenarios) {
  const teardowns: (() => unknown)[] = [];
  const t = {teardown: (end: () => unknown) => void teardowns.push(end)};
  try {
    results.push(await runScenario(t, scenario));
  } finally {
    for (const end of teardowns.toReversed()) await end();
  }
}

function row({failed, ...result}: ScenarioResult): readonly string[] {
  const codes = Object.entries(failed).map(([code, count]) => `${code} ${count}`);
  const cells: Readonly<Record<string, unknown>> = {...result, failed: codes.join(', ') || '0'};
  return columns.map(column => String(cells[column]));
}

const text = process.argv.includes('--json')
  ? JSON.stringify({scenarios: results})
  : formatTable(columns.map(titled), results.map(row));
process.stdout.write(`${text}\n`);
process.exitCode = results.some(({lost, wrong}) => lost + wrong > 0) ? 1 : 0;

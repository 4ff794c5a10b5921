import {readFileSync} from 'node:fs';
import test from 'ava';
import {metricProperties} from '../../../schemas/metrics.js';
import {configProperties} from '../../../schemas/properties.js';

const page = readFileSync(new URL('../../../../docs/PROPERTIES.md', import.meta.url), 'utf8');

/** The rows of the first table under a heading, cell by cell. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.trimStart() ?? '';
  const table = section.split('\n\n')[0]?.split('\n') ?? [];
  return table.slice(2).map(line =>
    line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  );
}

test('docs/PROPERTIES.md has every metric, as schemas/metrics.ts has it', t => {
  const rows = Object.entries(metricProperties).map(([key, {levels, description}]) => {
    return [`\`${key}\``, levels.join(', '), description];
  });
  t.deepEqual(rowsOf('Metrics'), rows);
});

test('docs/PROPERTIES.md has every config key, as schemas/properties.ts has it', t => {
  const rows = Object.entries(configProperties).map(([key, property]) => {
    const {levels, expected, description} = property;
    const value = property.default === '' ? "''" : String(property.default);
    return [`\`${key}\``, levels.join(', '), expected, `\`${value}\``, description];
  });
  t.deepEqual(rowsOf('Config'), rows);
});

import {existsSync, readFileSync} from 'node:fs';
import test from 'ava';
import {metricProperties} from '../../../schemas/metrics.js';
import {configProperties} from '../../../schemas/properties.js';

const root = new URL('../../../../', import.meta.url);
const page = readFileSync(new URL('docs/PARITY.md', root), 'utf8');

interface Row {
  readonly feature: string;
  readonly state: string;
  readonly here: string;
  readonly shownBy: string;
}

const rows = page
  .split('\n')
  .map(line => line.split('|').map(cell => cell.trim()))
  .filter(cells => cells.length === 6 && !['there', '---'].includes(cells[1] ?? ''))
  .map(([, feature = '', state = '', here = '', shownBy = '']): Row => {
    return {feature, state: state.replaceAll('`', ''), here, shownBy};
  });

test('docs/PARITY.md says of every feature what became of it', t => {
  t.true(rows.length > 150);
  const states = ['yes', 'differs', 'not yet', 'no'];
  t.deepEqual(
    rows.filter(({state}) => !states.includes(state)),
    [],
  );
});

test('what docs/PARITY.md calls built is shown by a test that exists', t => {
  const built = rows.filter(({state}) => state === 'yes' || state === 'differs');
  const unshown = built.filter(({shownBy}) => {
    const path = /^`(test\/[\w/.-]+\.ts)`$/.exec(shownBy)?.[1];
    return path === undefined || !existsSync(new URL(path, root));
  });
  t.deepEqual(unshown, []);
});

test('what docs/PARITY.md has not has no test, and says why if it makes no sense', t => {
  const absent = rows.filter(({state}) => state === 'no' || state === 'not yet');
  t.deepEqual(
    absent.filter(({state, here, shownBy}) => shownBy !== '' || (state === 'no' && here === '')),
    [],
  );
});

test('docs/PARITY.md has a row for every metric and every config key', t => {
  const section = page.split('\n## Properties\n')[1]?.split('\n## ')[0] ?? '';
  const listed = [...section.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, key]) => key);
  const keys = [...Object.keys(metricProperties), ...Object.keys(configProperties)];
  t.deepEqual(
    keys.filter(key => !listed.includes(key)),
    [],
  );
});

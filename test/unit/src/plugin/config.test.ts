import test from 'ava';
import {configProperties} from '../../../../schemas/properties.js';
import {parseConfig} from '../../../../src/plugin/config.js';

test('what is left out has its default', t => {
  const defaults = Object.entries(configProperties).map(([key, property]) => [
    key,
    property.default,
  ]);
  t.deepEqual(Object.entries(parseConfig({})), defaults);
});

test('every default is a value that is taken, and every key is described', t => {
  for (const [key, {schema, default: value, description, expected}] of Object.entries(
    configProperties,
  )) {
    t.true(schema.safeParse(value).success, key);
    t.not(description, '');
    t.not(expected, '');
  }
});

test('strings may spell numbers and booleans', t => {
  const values = parseConfig({
    NUM_STREAMS: '4',
    PERF_COUNT: 'YES',
    PERFORMANCE_HINT: 'throughput',
  });
  t.is(values.NUM_STREAMS, 4);
  t.true(values.PERF_COUNT);
  t.is(values.PERFORMANCE_HINT, 'THROUGHPUT');
  t.false(parseConfig({PERF_COUNT: 'false'}).PERF_COUNT);
  t.is(parseConfig({NUM_STREAMS: 'auto'}).NUM_STREAMS, 'AUTO');
});

test('an unknown key is refused with the nearest one', t => {
  t.throws(() => parseConfig({PERFORMANCE_HITN: 'LATENCY'}), {
    code: 'UNKNOWN_CONFIG_KEY',
    message: /PERFORMANCE_HITN.*PERFORMANCE_HINT\b/,
  });
});

test('a key that resembles none is refused with all of them', t => {
  t.throws(() => parseConfig({colour: 'red'}), {
    code: 'UNKNOWN_CONFIG_KEY',
    message: /NUM_STREAMS.*PERF_COUNT/,
  });
});

test('names that every object has are no keys', t => {
  for (const key of ['constructor', 'toString', '__proto__']) {
    t.throws(() => parseConfig(JSON.parse(`{"${key}": 1}`)), {code: 'UNKNOWN_CONFIG_KEY'});
  }
});

const wrong: readonly (readonly [string, string | number | boolean])[] = [
  ['NUM_STREAMS', 0],
  ['NUM_STREAMS', 1.5],
  ['NUM_STREAMS', 'MANY'],
  ['NUM_STREAMS', ''],
  ['NUM_STREAMS', 1e9],
  ['PERFORMANCE_HINT', 'FAST'],
  ['INFERENCE_NUM_THREADS', -1],
  ['INFERENCE_NUM_THREADS', true],
  ['PERF_COUNT', 1],
  ['QUEUED_MAX', Number.NaN],
];

for (const [key, given] of wrong) {
  test(`${key} does not take ${JSON.stringify(given)}`, t => {
    const error = t.throws(() => parseConfig({[key]: given}), {code: 'INVALID_CONFIG_VALUE'});
    t.true(error?.message.startsWith(`config ${key}: expected `));
    t.true(error?.message.endsWith(`, got ${JSON.stringify(given)}`));
  });
}

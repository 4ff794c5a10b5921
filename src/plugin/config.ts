import {
  type ConfigKey,
  type ConfigProperty,
  type ConfigValues,
  configProperties,
} from '../../schemas/properties.js';
import {InferenceError} from '../errors.js';
import {nearestName} from '../nearest-name.js';
import type {Config} from './plugin.js';

/**
 * The whole config that `config` asks for, with the defaults of what it leaves out. Strings may
 * spell numbers and booleans (`'4'`, `'YES'`). Throws UNKNOWN_CONFIG_KEY or INVALID_CONFIG_VALUE.
 */
export function parseConfig(config: Config): ConfigValues {
  const values: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(configProperties)) values[key] = property.default;
  for (const [key, value] of Object.entries(config)) values[key] = parseValue(key, value);
  return values as ConfigValues;
}

function parseValue(key: string, given: string | number | boolean): unknown {
  if (!isConfigKey(key)) throw unknownKey(key);
  const property: ConfigProperty<unknown> = configProperties[key];
  for (const reading of readings(given)) {
    const parsed = property.schema.safeParse(reading);
    if (parsed.success) return parsed.data;
  }
  throw new InferenceError(
    'INVALID_CONFIG_VALUE',
    `config ${key}: expected ${property.expected}, got ${JSON.stringify(given)}`,
  );
}

function isConfigKey(key: string): key is ConfigKey {
  return Object.hasOwn(configProperties, key);
}

function unknownKey(key: string): InferenceError {
  const known = Object.keys(configProperties);
  const nearest = nearestName(key, known);
  const hint = nearest === undefined ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`;
  return new InferenceError('UNKNOWN_CONFIG_KEY', `unknown config key ${key}: ${hint}`);
}

/** `given` as it is, then as the words, the number or the boolean that a string spells. */
function readings(given: string | number | boolean): readonly unknown[] {
  if (typeof given !== 'string') return [given];
  const word = given.trim().toUpperCase();
  const all: unknown[] = [given, word];
  if (/^-?\d+(\.\d+)?$/.test(word)) all.push(Number(word));
  if (word === 'YES' || word === 'TRUE') all.push(true);
  if (word === 'NO' || word === 'FALSE') all.push(false);
  return all;
}

import type {ConfigMap} from '../../schemas/config.js';
import {
  type ConfigProperty,
  type ConfigValues,
  configProperties,
} from '../../schemas/properties.js';
import {InferenceError} from '../errors.js';
import {unsettableKey} from './unknown-key.js';

/** Config keys of a plugin's own. */
export type OwnProperties = Readonly<Record<string, ConfigProperty<unknown>>>;

export type OwnValues<Own extends OwnProperties> = {
  readonly [Key in keyof Own]: Own[Key] extends ConfigProperty<infer Value> ? Value : never;
};

/**
 * The whole config that `config` asks for, with the defaults of what it leaves out; `own` are keys
 * that only this plugin has. Strings may spell numbers and booleans (`'4'`, `'YES'`). Throws
 * UNKNOWN_CONFIG_KEY, READ_ONLY_KEY or INVALID_CONFIG_VALUE.
 */
export function parseConfig(config: ConfigMap): ConfigValues;
export function parseConfig<Own extends OwnProperties>(
  config: ConfigMap,
  own: Own,
): ConfigValues & OwnValues<Own>;
export function parseConfig(config: ConfigMap, own: OwnProperties = {}): ConfigValues {
  const properties: OwnProperties = {...configProperties, ...own};
  const values: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(properties)) values[key] = property.default;
  for (const [key, value] of Object.entries(config)) {
    values[key] = parseValue(properties, key, value);
  }
  return values as ConfigValues;
}

/** What `config` says of the keys that every plugin knows. Throws INVALID_CONFIG_VALUE. */
export function standardConfig(config: ConfigMap): ConfigValues {
  const known = Object.entries(config).filter(([key]) => Object.hasOwn(configProperties, key));
  return parseConfig(Object.fromEntries(known));
}

function parseValue(
  properties: OwnProperties,
  key: string,
  given: string | number | boolean,
): unknown {
  const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
  if (property === undefined) throw unsettableKey(key, Object.keys(properties));
  for (const reading of readings(given)) {
    const parsed = property.schema.safeParse(reading);
    if (parsed.success) return parsed.data;
  }
  throw new InferenceError(
    'INVALID_CONFIG_VALUE',
    `config ${key}: expected ${property.expected}, got ${JSON.stringify(given)}`,
  );
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

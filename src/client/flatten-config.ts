import {z} from 'zod';
import {type ConfigMap, configSchema} from '../../schemas/config.js';
import {isForDevices} from '../../schemas/properties.js';
import {InferenceError} from '../errors.js';
import {parseScopedKey} from '../plan/device-config.js';
import {parseConfig} from '../plugin/config.js';
import type {Config} from '../plugin/plugin.js';
import {isConfigKey, isMetricKey} from '../plugin/unknown-key.js';

/**
 * Config as a user gives it. Keys are for all devices (`NUM_STREAMS`) or for some
 * (`CPU.NUM_STREAMS`, `host-a/GPU.1.NUM_STREAMS`); DEVICE_PROPERTIES holds those of several devices,
 * `{CPU: {NUM_STREAMS: 2}}`, or the same as JSON; DEVICE_PROPERTIES_CPU those of one.
 */
export type LoadConfig = Readonly<
  Record<string, string | number | boolean | Config | Readonly<Record<string, Config>>>
>;

const ofDevices = 'DEVICE_PROPERTIES';
const ofDevicesSchema = z.record(z.string(), configSchema);

/**
 * `config` with a device in the name of every key that is not for all. Throws UNKNOWN_CONFIG_KEY,
 * READ_ONLY_KEY, INVALID_CONFIG_VALUE, or INVALID_DEVICE for what is no device before the last dot.
 * A key that nobody here knows is refused by the device that it is for, which may have its own.
 */
export function flattenConfig(config: LoadConfig): ConfigMap {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    const text = `config: expected an object such as {NUM_STREAMS: 2}, got ${JSON.stringify(config)}`;
    throw new InferenceError('INVALID_CONFIG_VALUE', text);
  }
  const flat = Object.entries(config).flatMap(([key, value]) => spread(key, value));
  return Object.fromEntries(flat.map(([key, value]) => [key, readingOf(key, value)]));
}

type ConfigValue = ConfigMap[string];
type Entry = readonly [key: string, value: ConfigValue];

function spread(key: string, value: LoadConfig[string]): readonly Entry[] {
  if (key === ofDevices) {
    const devices = parseValue(key, value, ofDevicesSchema);
    return Object.entries(devices).flatMap(([device, of]) => scoped(device, of));
  }
  if (key.startsWith(`${ofDevices}_`)) {
    return scoped(key.slice(ofDevices.length + 1), parseValue(key, value, configSchema));
  }
  if (typeof value !== 'object') return [[key, value]];
  throw invalid(key, 'a string, a number or a boolean', value);
}

function scoped(device: string, config: ConfigMap): readonly Entry[] {
  return Object.entries(config).map(([key, value]) => [`${device}.${key}`, value]);
}

function parseValue<T>(key: string, value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(typeof value === 'string' ? fromJson(value) : value);
  if (parsed.success) return parsed.data;
  throw invalid(
    key,
    'config keys and values by device, such as {"CPU": {"NUM_STREAMS": 2}}',
    value,
  );
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a known key's text spells; the value of a plugin's own key as it is. */
function readingOf(text: string, value: ConfigValue): ConfigValue {
  const key = parseScopedKey(text)?.key ?? text;
  if (key !== text && !isConfigKey(key) && !isMetricKey(key)) return value;
  if (key !== text && !isForDevices(key)) {
    throw invalid(text, `${key} without a device, for it is about the whole network`, value);
  }
  const values: ConfigMap = parseConfig({[key]: value});
  return values[key] ?? value;
}

function invalid(key: string, expected: string, given: unknown): InferenceError {
  const text = `config ${key}: expected ${expected}, got ${JSON.stringify(given)}`;
  return new InferenceError('INVALID_CONFIG_VALUE', text);
}

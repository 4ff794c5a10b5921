import {type MetricKey, metricProperties} from '../../schemas/metrics.js';
import {type ConfigKey, configProperties} from '../../schemas/properties.js';
import {InferenceError} from '../errors.js';
import {nearestName} from '../nearest-name.js';

/** The error for a config key to be told that is none of `known`. */
export function unknownConfigKey(key: string, known: readonly string[]): InferenceError {
  const what = isMetricKey(key)
    ? `${key} is a metric: getMetric tells it`
    : `unknown config key ${key}: ${hint(key, known)}`;
  return new InferenceError('UNKNOWN_CONFIG_KEY', what);
}

/** The error for a config key to be set that is none of `known`: READ_ONLY_KEY for a metric's. */
export function unsettableKey(key: string, known: readonly string[]): InferenceError {
  if (!isMetricKey(key)) return unknownConfigKey(key, known);
  const text = `${key} is a metric and read-only: ${hint(key, known)}`;
  return new InferenceError('READ_ONLY_KEY', text);
}

/** The error for a metric that is none of `known`. */
export function unknownMetric(key: string, known: readonly string[]): InferenceError {
  const what = isConfigKey(key)
    ? `${key} is a config key: getConfig tells it`
    : `unknown metric ${key}: ${hint(key, known)}`;
  return new InferenceError('UNKNOWN_METRIC', what);
}

/** Whether config may hold `key`. Names that every object has are no keys. */
export function isConfigKey(key: string): key is ConfigKey {
  return Object.hasOwn(configProperties, key);
}

export function isMetricKey(key: string): key is MetricKey {
  return Object.hasOwn(metricProperties, key);
}

function hint(key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known);
  return nearest === undefined ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`;
}

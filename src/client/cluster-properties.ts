import type {ConfigMap} from '../../schemas/config.js';
import type {DeviceDescription} from '../../schemas/device.js';
import {
  type DeviceProperties,
  devicePropertiesSchema,
  type Metrics,
  metricProperties,
} from '../../schemas/metrics.js';
import {InferenceError} from '../errors.js';
import {messageParser} from '../kernel/parse-message.js';
import {availableDevices} from '../plan/available-devices.js';
import {configOf, sharedConfig} from '../plan/device-config.js';
import {type DeviceExpression, parseDeviceExpression} from '../plan/device-expression.js';
import {expressionDevices} from '../plan/expression-devices.js';
import {namedDevices} from '../plan/resolve-device.js';
import {defaultConfig, withListing} from '../plugin/device-properties.js';
import {isMetricKey, unknownConfigKey, unknownMetric} from '../plugin/unknown-key.js';
import type {Session} from './session.js';

const propertiesTimeoutMs = 30_000;

const parseProperties = messageParser(devicePropertiesSchema, 'answer of a device');

/** Which build of which plugin knows a device. */
export interface PluginVersion {
  readonly buildNumber: string;
  readonly description: string;
}

/** What the devices of a cluster say of themselves, asked when it is wanted. */
export class ClusterProperties {
  readonly #session: Session;
  readonly #devices: () => Promise<readonly DeviceDescription[]>;

  constructor(session: Session, devices: () => Promise<readonly DeviceDescription[]>) {
    this.#session = session;
    this.#devices = devices;
  }

  /**
   * Metrics and config of `device`; of several devices that it means, the first by name. `config` is
   * what this client has set, over the device's defaults. Rejects with INVALID_DEVICE,
   * UNKNOWN_DEVICE or DEVICE_LOST.
   */
  async ofDevice(device: string, set: ConfigMap): Promise<DeviceProperties> {
    const expression = parseDeviceExpression(device);
    const meant = await this.#meant(expression);
    const AVAILABLE_DEVICES = meant.map(({name}) => name);
    const [first] = meant;
    const single = expression.form === 'device' && first !== undefined;
    const {metrics, config} = single ? await this.#ask(first) : common(expression, meant);
    const whole = {...config, ...(single ? configOf(first, set) : sharedConfig(set))};
    return {metrics: withListing({...metrics, AVAILABLE_DEVICES}, whole), config: whole};
  }

  /** Rejects with INVALID_DEVICE or UNKNOWN_DEVICE. */
  async versionsOf(device: string): Promise<Readonly<Record<string, PluginVersion>>> {
    const meant = await this.#meant(parseDeviceExpression(device));
    const entries = meant.map(({name, plugin, pluginVersion}) => {
      return [name, {buildNumber: pluginVersion, description: plugin}] as const;
    });
    return Object.fromEntries(entries);
  }

  /** What is true of the whole cluster. */
  async ofCore(config: ConfigMap): Promise<Metrics> {
    const available = availableDevices(await this.#devices());
    return withListing({AVAILABLE_DEVICES: available}, config);
  }

  /** Every device of a kind, where others take `GPU` for the first. */
  async #meant(expression: DeviceExpression): Promise<readonly DeviceDescription[]> {
    const cluster = await this.#devices();
    const named = expressionDevices(expression);
    const devices = named?.flatMap(name => namedDevices(name, cluster)) ?? cluster;
    return [...new Set(devices)];
  }

  async #ask({address: to, name: device}: DeviceDescription): Promise<DeviceProperties> {
    const answer = await this.#session.ask({
      to,
      timeoutMs: propertiesTimeoutMs,
      message: ask => ({kind: 'properties', ask}),
      absent: () => new InferenceError('DEVICE_LOST', `${device} is gone`, {device}),
    });
    return parseProperties(answer);
  }
}

/** What a policy over devices says of itself: what these have in common. */
function common({form}: DeviceExpression, devices: readonly DeviceDescription[]): DeviceProperties {
  const all = new Set(devices.flatMap(({capabilities}) => capabilities));
  const metrics = {
    FULL_DEVICE_NAME: form.toUpperCase(),
    OPTIMIZATION_CAPABILITIES: [...all].filter(capability =>
      devices.every(({capabilities}) => capabilities.includes(capability)),
    ),
  };
  return {metrics, config: defaultConfig()};
}

/** Throws UNKNOWN_CONFIG_KEY. */
export function configValue(config: ConfigMap, key: string): unknown {
  if (Object.hasOwn(config, key)) return config[key];
  throw unknownConfigKey(key, Object.keys(config));
}

/** Throws UNKNOWN_METRIC, or INVALID_FRAME if a metric is not what its key promises. */
export function metricOf(metrics: Metrics, key: string): unknown {
  if (!Object.hasOwn(metrics, key)) throw unknownMetric(key, Object.keys(metrics));
  if (!isMetricKey(key)) return metrics[key];
  return messageParser<unknown>(metricProperties[key].schema, `metric ${key}`)(metrics[key]);
}

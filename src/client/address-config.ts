import type {ConfigMap} from '../../schemas/config.js';
import {InferenceError} from '../errors.js';
import {nearestName} from '../nearest-name.js';
import {parseScopedKey} from '../plan/device-config.js';
import {
  type DeviceExpression,
  formatDeviceExpression,
  type NamedDevice,
  parseDeviceExpression,
} from '../plan/device-expression.js';
import {expressionDevices, mapDevices} from '../plan/expression-devices.js';

/** A device expression and the config that goes with it. */
export interface Addressed {
  readonly device: string;
  readonly config: ConfigMap;
}

/**
 * `GPU` with DEVICE_ID 1 is `GPU.1`: takes every DEVICE_ID out of a flat config and into the
 * expression. Throws INVALID_DEVICE; INVALID_CONFIG_VALUE for a DEVICE_ID beside another number, or
 * for one that does not say which device of a virtual one it is for.
 */
export function addressConfig(device: string, config: ConfigMap): Addressed {
  const expression = parseDeviceExpression(device);
  const ids = Object.entries(config).filter(([key]) => isId(key));
  if (ids.length === 0) return {device, config};
  const addressed = ids.reduce((of, [key, id]) => withId(of, key, String(id)), expression);
  const others = Object.entries(config).filter(([key]) => !isId(key));
  return {device: formatDeviceExpression(addressed), config: Object.fromEntries(others)};
}

function isId(key: string): boolean {
  return key === 'DEVICE_ID' || key.endsWith('.DEVICE_ID');
}

function withId(expression: DeviceExpression, key: string, id: string): DeviceExpression {
  if (id === '') return expression;
  const scope = parseScopedKey(key)?.device;
  if (scope === undefined && expression.form !== 'device') {
    const text = `config DEVICE_ID: expected the device that it is for, such as GPU.DEVICE_ID`;
    throw new InferenceError('INVALID_CONFIG_VALUE', text);
  }
  return mapDevices(expression, device => {
    if (scope !== undefined && !isWithin(device, scope)) return device;
    if (device.id === null || device.id === id) return {...device, id};
    const text = `config ${key}: expected ${device.id} or nothing, got '${id}'`;
    throw new InferenceError('INVALID_CONFIG_VALUE', text);
  });
}

/** Whether what is said of `scope` is said of `device`. */
function isWithin(device: NamedDevice, scope: NamedDevice): boolean {
  return device.kind === scope.kind && (scope.node === null || scope.node === device.node);
}

/**
 * Throws UNKNOWN_DEVICE if a key of a flat config is for a kind of device that the expression does
 * not name.
 */
export function checkScopes(device: string, config: ConfigMap): void {
  const named = expressionDevices(parseDeviceExpression(device));
  if (named === null) return;
  const kinds = [...new Set(named.map(({kind}) => kind))];
  for (const key of Object.keys(config)) {
    const scope = parseScopedKey(key)?.device;
    if (scope === undefined || kinds.includes(scope.kind)) continue;
    const nearest = nearestName(scope.kind, kinds);
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
    const text = `config ${key}: expected a device of ${device}, given ${scope.kind}${hint}`;
    throw new InferenceError('UNKNOWN_DEVICE', text);
  }
}

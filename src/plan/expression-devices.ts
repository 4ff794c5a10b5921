import type {DeviceExpression, NamedDevice} from './device-expression.js';

/** The devices that an expression names, in its order; null if it may mean any (AUTO alone). */
export function expressionDevices(expression: DeviceExpression): readonly NamedDevice[] | null {
  switch (expression.form) {
    case 'device':
      return [expression];
    case 'batch':
      return expressionDevices(expression.device);
    case 'hetero':
      return allDevices(expression.devices);
    case 'multi':
      return allDevices(expression.devices.map(({device}) => device));
    case 'auto':
      if (expression.devices.length === 0) return null;
      return allDevices(expression.devices.map(({device}) => device));
  }
}

function allDevices(members: readonly DeviceExpression[]): readonly NamedDevice[] | null {
  const named = members.map(expressionDevices);
  return named.includes(null) ? null : named.flatMap(devices => devices ?? []);
}

/** The same expression with every device that it names replaced. */
export function mapDevices(
  expression: DeviceExpression,
  change: (device: NamedDevice) => NamedDevice,
): DeviceExpression {
  const map = <T extends {readonly device: DeviceExpression}>(counted: T): T => ({
    ...counted,
    device: mapDevices(counted.device, change),
  });
  switch (expression.form) {
    case 'device':
      return change(expression);
    case 'batch':
      return map(expression);
    case 'hetero':
      return {...expression, devices: expression.devices.map(each => mapDevices(each, change))};
    case 'multi':
      return {...expression, devices: expression.devices.map(map)};
    case 'auto':
      return {...expression, devices: expression.devices.map(map)};
  }
}

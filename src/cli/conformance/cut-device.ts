import type {DeviceDescription} from '../../../schemas/device.js';
import {parseDeviceExpression} from '../../plan/device-expression.js';
import {resolveDevice} from '../../plan/resolve-device.js';

/**
 * What takes the other side of the cuts of networks on `device`: `wish`, or the first other kind
 * that there is, or `device` itself under another name (`CPU`: `host-a/CPU`), so that it runs both
 * sides. Null for a virtual device: it cuts by itself. Throws INVALID_DEVICE and UNKNOWN_DEVICE.
 */
export function chooseCutDevice(
  device: string,
  wish: string | null,
  devices: readonly DeviceDescription[],
): string | null {
  const name = parseDeviceExpression(device);
  if (name.form !== 'device') return null;
  const own = resolveDevice(name, devices)[0]?.name;
  const otherName = own === undefined || own === device ? name.kind : own;
  if (wish === null) {
    const others = devices.map(({kind}) => kind).filter(kind => kind !== name.kind);
    return others.sort()[0] ?? otherName;
  }
  const other = parseDeviceExpression(wish);
  if (other.form === 'device') resolveDevice(other, devices);
  return wish === device ? otherName : wish;
}

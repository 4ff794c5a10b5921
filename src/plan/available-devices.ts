import {type DeviceDescription, localName} from '../../schemas/device.js';

/** `2` before `10`. */
const collator = new Intl.Collator('en', {numeric: true});

/**
 * The names a user may give: sorted short names (`CPU`, `GPU.0`, `GPU.1`), then, in a cluster of
 * more than one node, every device's qualified name (`host-a/CPU`).
 */
export function availableDevices(devices: readonly DeviceDescription[]): readonly string[] {
  const short = new Set(devices.map(({kind, id}) => localName(kind, id)));
  const nodes = new Set(devices.map(({node}) => node));
  const qualified = nodes.size > 1 ? new Set(devices.map(({name}) => name)) : [];
  return [...[...short].sort(collator.compare), ...[...qualified].sort(collator.compare)];
}

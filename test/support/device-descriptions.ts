import type {DeviceDescription} from '../../schemas/device.js';

/** A device of a node: `deviceOn('host-a', 'CPU')`, `deviceOn('host-b', 'GPU', '1')`. */
export function deviceOn(node: string, kind: string, id = ''): DeviceDescription {
  const name = `${node}/${kind}${id === '' ? '' : `.${id}`}`;
  return {
    name,
    node,
    kind,
    id,
    fullName: `the ${kind} of ${node}`,
    plugin: kind,
    pluginVersion: '1.0.0',
    address: `device.${node}${kind}${id}`,
    restarts: 0,
    capabilities: ['FP32'],
  };
}

import {InferenceError} from '../../src/errors.js';
import {type DeviceExpression, formatDeviceExpression} from '../../src/plan/device-expression.js';
import type {Chosen, DeviceChoice, Wishes} from '../../src/plan/wish.js';

type Hetero = DeviceExpression & {readonly form: 'hetero'};

/**
 * HETERO: one way to run the network, over all members. A member that is HETERO counts as its own
 * members; one that is MULTI as one device, whose stages have a replica on each of its devices.
 */
export function heteroPolicy(expression: Hetero, choice: DeviceChoice): Wishes {
  const label = formatDeviceExpression(expression);
  const all = expression.devices.flatMap(member => candidatesOf(member, choice));
  const chosen = all.filter(({label}, at) => all.findIndex(each => each.label === label) === at);
  const wish = {label, chosen, requestsMax: null, batch: 1, config: choice.config};
  return {mode: 'all', list: chosen.length === 0 ? [] : [wish], helper: null};
}

function candidatesOf(member: DeviceExpression, choice: DeviceChoice): readonly Chosen[] {
  const label = formatDeviceExpression(member);
  switch (member.form) {
    case 'device': {
      const device = choice.choose(member);
      return device === undefined ? [] : [{label, devices: [device]}];
    }
    case 'hetero':
      return member.devices.flatMap(each => candidatesOf(each, choice));
    case 'multi': {
      const devices = member.devices.flatMap(({device}) => {
        if (device.form === 'device') return choice.choose(device) ?? [];
        const given = formatDeviceExpression(device);
        const text = `expected devices in ${label}, which is a member of HETERO, given ${given}`;
        throw new InferenceError('INVALID_DEVICE', text);
      });
      return devices.length === 0 ? [] : [{label, devices}];
    }
    default: {
      const text = `expected a device, HETERO or MULTI as a member of HETERO, given ${label}`;
      throw new InferenceError('INVALID_DEVICE', text);
    }
  }
}

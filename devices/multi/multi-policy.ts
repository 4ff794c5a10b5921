import type {ConfigMap} from '../../schemas/config.js';
import {InferenceError} from '../../src/errors.js';
import {
  type CountedDevice,
  type DeviceExpression,
  formatDeviceExpression,
} from '../../src/plan/device-expression.js';
import type {DeviceChoice, Wish, Wishes} from '../../src/plan/wish.js';

type Multi = DeviceExpression & {readonly form: 'multi'};

/**
 * MULTI: every member at once, each a way to run the whole network. A request goes to the first in
 * the list, or in turn, that has room for it; `MULTI:CPU(4),WASM` says how much.
 */
export function multiPolicy({devices}: Multi, choice: DeviceChoice): Wishes {
  return allAtOnce(devices, choice);
}

/** Members that work together, for MULTI and for AUTO with CUMULATIVE_THROUGHPUT. */
export function allAtOnce(members: readonly CountedDevice[], choice: DeviceChoice): Wishes {
  const list = members.flatMap(({device, requests}) => {
    const wishes = choice.wishesOf(device);
    if (wishes.mode === 'first') {
      const text = `expected devices that work together, given ${formatDeviceExpression(device)}`;
      throw new InferenceError('INVALID_DEVICE', `${text}, which uses one at a time`);
    }
    return wishes.list.map(
      (wish): Wish => ({
        ...wish,
        requestsMax: requests ?? wish.requestsMax ?? 'optimal',
        config: manyAtOnce(wish.config),
      }),
    );
  });
  return {mode: 'all', list, helper: null};
}

/** Devices that work together are each to do as much as they can, unless the user says otherwise. */
function manyAtOnce(config: ConfigMap): ConfigMap {
  const {PERFORMANCE_HINT: hint} = config;
  const asked = hint === undefined ? undefined : String(hint).trim().toUpperCase();
  return asked === 'LATENCY' || asked === 'THROUGHPUT'
    ? config
    : {...config, PERFORMANCE_HINT: 'THROUGHPUT'};
}

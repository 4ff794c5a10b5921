import {InferenceError} from '../../src/errors.js';
import {type DeviceExpression, formatDeviceExpression} from '../../src/plan/device-expression.js';
import type {DeviceChoice, Wish, Wishes} from '../../src/plan/wish.js';

type Batch = DeviceExpression & {readonly form: 'batch'};

/** `BATCH:CPU` without a size: enough for most kernels to fill their vectors and threads. */
const sizeDefault = 8;

/**
 * BATCH: what its member does, with up to `size` requests run as one. Room for two batches at once,
 * so that the next fills up while one runs.
 */
export function batchPolicy({device, size}: Batch, choice: DeviceChoice): Wishes {
  const wishes = choice.wishesOf(device);
  const batched = (wish: Wish): Wish => {
    if (wish.batch > 1) {
      const text = `expected no BATCH inside BATCH, given ${formatDeviceExpression(device)}`;
      throw new InferenceError('INVALID_DEVICE', text);
    }
    return {...wish, label: `BATCH:(${wish.label})`, batch: size ?? sizeDefault};
  };
  const {mode, list, helper} = wishes;
  return {mode, list: list.map(batched), helper: helper === null ? null : batched(helper)};
}

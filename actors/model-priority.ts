import {priorities} from '../schemas/priority.js';
import type {LoadOrder} from '../schemas/split-order.js';
import {standardConfig} from '../src/plugin/config.js';

/** How much a network that AUTO places counts against others; higher is more. Others do not count. */
export function priorityOf({device, config}: LoadOrder): number {
  if (!device.trim().startsWith('AUTO')) return -1;
  return priorities.indexOf(standardConfig(config).MODEL_PRIORITY);
}

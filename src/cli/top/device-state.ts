import type {DeviceStatus} from '../../../schemas/cluster-status.js';

const words = {alive: 'alive', lost: 'lost', givenUp: 'given up'} as const;

/** A device's state in words, and how often its process was started again, if it was. */
export function deviceState({state, restarts}: Pick<DeviceStatus, 'state' | 'restarts'>): string {
  if (restarts === null || restarts === 0) return words[state];
  return `${words[state]}, ${restarts === 1 ? '1 restart' : `${restarts} restarts`}`;
}

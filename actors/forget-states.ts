import type {StageMessage} from '../schemas/messages/stage.js';
import type {SendEffect} from '../src/kernel/behaviour.js';
import type {ClientOrder} from './client-order.js';
import {addressesOf} from './route-table.js';

/** Tells the stages of a way that keep states of an infer request that it has begun anew. */
export function forgetStates(
  client: string,
  {session, way}: ClientOrder & {readonly kind: 'forgetState'},
): SendEffect[] {
  const {stages} = way.variant.stageGraph;
  const message: StageMessage = {kind: 'forgetState', client, session};
  return addressesOf(way)
    .filter((_, stage) => stages[stage]?.states !== undefined)
    .map(to => ({do: 'send', to, message}));
}

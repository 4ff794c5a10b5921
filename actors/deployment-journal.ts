import type {Deployment} from '../schemas/deployment.js';
import {InferenceError} from '../src/errors.js';
import type {LogEffect} from '../src/kernel/behaviour.js';
import type {KeptDeployment} from './kept-deployment.js';

/* What a coordinator logs of a deployment. */

export function loadedEntry(kept: KeptDeployment): LogEffect {
  return entry(kept, 'a network is loaded');
}

/** None where it is as it was before. */
export function movedEntries(kept: KeptDeployment, before: Deployment): readonly LogEffect[] {
  return kept.deployment === before ? [] : [entry(kept, 'a network is laid out anew')];
}

export function expiredEntry(kept: KeptDeployment): LogEffect {
  return entry(kept, 'a network that no client keeps is released');
}

/** Its variants are gone, and others cannot be had: logged if it was not known. */
export function loseDeployment(kept: KeptDeployment, thrown: unknown): readonly LogEffect[] {
  const error = lossOf(kept, InferenceError.from(thrown));
  if (!kept.lose(error)) return [];
  const fields = {...fieldsOf(kept), code: error.code, reason: error.message};
  return [{do: 'log', level: 'warn', message: 'a network cannot be laid out now', fields}];
}

/**
 * It was loaded once, so what stands in the way may pass: what the devices that are left refuse, the
 * one that is gone took. Only a network that kills devices stays out.
 */
function lossOf({order}: KeptDeployment, error: InferenceError): InferenceError {
  if (error.retryable || error.code === 'QUARANTINED') return error;
  const text = `devices of ${order.device} are gone, and without them: ${error.message}`;
  return new InferenceError('DEVICE_LOST', text, error.place);
}

function entry(kept: KeptDeployment, message: string): LogEffect {
  return {do: 'log', level: 'info', message, fields: fieldsOf(kept)};
}

function fieldsOf({id, order, deployment, built}: KeptDeployment): LogEffect['fields'] {
  const stages = built.flatMap(({variant}) => variant.stageGraph.stages);
  return {
    deployment: id,
    network: deployment?.network,
    device: order.device,
    epoch: deployment?.epoch,
    stages: stages.map(({name}) => name),
  };
}

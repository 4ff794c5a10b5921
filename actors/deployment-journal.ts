import {InferenceError} from '../src/errors.js';
import type {LogEffect} from '../src/kernel/behaviour.js';
import type {KeptDeployment} from './kept-deployment.js';

/* What a coordinator logs of a deployment. */

export function loadedEntry(kept: KeptDeployment): LogEffect {
  return entry(kept, 'a network is loaded');
}

export function movedEntry(kept: KeptDeployment): LogEffect {
  return entry(kept, 'a network is laid out anew');
}

export function expiredEntry(kept: KeptDeployment): LogEffect {
  return entry(kept, 'a network that no client keeps is released');
}

/** Its variants are gone, and others cannot be had: logged if it was not known. */
export function loseDeployment(kept: KeptDeployment, thrown: unknown): readonly LogEffect[] {
  const error = InferenceError.from(thrown);
  if (!kept.lose(error)) return [];
  const fields = {...fieldsOf(kept), code: error.code, reason: error.message};
  return [{do: 'log', level: 'warn', message: 'a network cannot be laid out now', fields}];
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

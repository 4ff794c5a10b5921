import type {ClusterClient} from '../../../client/cluster-client.js';
import {faultOf} from '../case-fault.js';
import {type CaseResult, noCuts} from '../case-result.js';
import {BehaviourBench, type OpenCore} from './behaviour-bench.js';
import {BehaviourFault} from './behaviour-fault.js';
import {behaviours} from './behaviours.js';

export interface BehaviourSettings {
  readonly device: string;
  readonly openCore: OpenCore;
}

/** Tries one behaviour on a device. Never rejects: whatever goes wrong is an outcome. */
export async function runBehaviour(
  name: string,
  core: ClusterClient,
  {device, openCore}: BehaviourSettings,
): Promise<CaseResult> {
  const behaviour = behaviours.find(each => each.name === name);
  if (behaviour === undefined) {
    const message = 'this version has no such behaviour';
    return {name, operation: '', outcome: 'failed', message, cuts: noCuts};
  }
  const result = {name, operation: behaviour.area, cuts: noCuts};
  const bench = new BehaviourBench(core, device, openCore);
  try {
    await behaviour.run(bench);
    return {...result, outcome: 'passed', message: ''};
  } catch (thrown) {
    if (!(thrown instanceof BehaviourFault)) return {...result, ...faultOf(thrown)};
    return {...result, outcome: 'failed', message: thrown.message};
  } finally {
    await bench.end();
  }
}

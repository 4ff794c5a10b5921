import {CaseLane, type CaseLaneOptions} from '../case-lane.js';
import type {CaseResult} from '../case-result.js';
import {behaviours} from './behaviours.js';

export interface RunBehavioursOptions extends CaseLaneOptions {
  onResult(result: CaseResult): void;
}

/**
 * Tries behaviours on a device, one after the other, in a process of their own: one that crashes or
 * hangs costs itself only. Rejects only if a process cannot be started at first.
 */
export async function runBehaviours(
  names: readonly string[],
  options: RunBehavioursOptions,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  const lane = new CaseLane(options);
  try {
    if (names.length > 0) await lane.start();
    for (const name of names) {
      const done = await lane.perform(name, process => process.behave(name));
      const operation = behaviours.find(each => each.name === name)?.area ?? '';
      const result = {...done, operation};
      results.push(result);
      options.onResult(result);
    }
  } finally {
    await lane.stop();
  }
  return results;
}

/** Behaviours whose area or name holds `filter`. */
export function namesOfBehaviours(filter = ''): readonly string[] {
  const those = behaviours.filter(({area, name}) => `${area}: ${name}`.includes(filter));
  return those.map(({name}) => name);
}

import type {CaseSettings} from '../case-messages.js';
import {CaseProcess} from '../case-process.js';
import type {CaseResult} from '../case-result.js';
import {behaviours} from './behaviours.js';

export interface RunBehavioursOptions {
  readonly settings: CaseSettings;
  /** How long one behaviour may take before its process is ended. */
  readonly timeoutMs: number;
  onResult(result: CaseResult): void;
  /** What runs in the process; a worker that tries behaviours if left out. */
  readonly module?: string;
}

/**
 * Tries behaviours on a device, one after the other, in a process of their own: one that crashes or
 * hangs costs itself only. Rejects only if a process cannot be started.
 */
export async function runBehaviours(
  names: readonly string[],
  {settings, timeoutMs, onResult, module}: RunBehavioursOptions,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  let process: CaseProcess | undefined;
  try {
    for (const name of names) {
      process = process?.usable ? process : await CaseProcess.start(settings, timeoutMs, module);
      const operation = behaviours.find(each => each.name === name)?.area ?? '';
      const result = {...(await process.behave(name)), operation};
      results.push(result);
      onResult(result);
    }
  } finally {
    await process?.stop();
  }
  return results;
}

/** Behaviours whose area or name holds `filter`. */
export function namesOfBehaviours(filter = ''): readonly string[] {
  const those = behaviours.filter(({area, name}) => `${area}: ${name}`.includes(filter));
  return those.map(({name}) => name);
}

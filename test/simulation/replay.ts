import type {Run} from './simulate.js';

/** The command that shows a run again. */
export function replayCommand({scenario, seed}: Pick<Run, 'scenario' | 'seed'>): string {
  return `npm run simulate -- --scenario ${scenario} --seed ${seed} --trace`;
}

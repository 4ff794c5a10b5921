import {setTimeout as delay} from 'node:timers/promises';
import {Command} from 'commander';
import {Core} from '../../app/core.js';
import {systemClock} from '../../app/system-world.js';
import {InferenceError} from '../../errors.js';
import {connectOptions, type ServerOptions, withServerOptions} from '../cluster-options.js';
import type {Console} from '../report.js';
import {describeActivity} from '../top/describe-activity.js';
import {type Look, stageRates} from '../top/stage-rates.js';
import {untilSignal} from '../until-signal.js';

interface Options extends ServerOptions {
  readonly once?: boolean;
  readonly json?: boolean;
}

const intervalMs = 1000;
/** To the upper left corner, and nothing below. */
const clearScreen = '\x1b[H\x1b[2J';

/** `heterodyne top`. */
export function topCommand(console: Console): Command {
  return withServerOptions(new Command('top'))
    .description('show devices, deployments and what their stages do, every second')
    .option('--once', 'look for one second, print that and end')
    .option('--json', 'print each look as one line of JSON')
    .addHelpText('after', '\nExample:\n  $ heterodyne top --servers nats://127.0.0.1:4222\n')
    .action(async (options: Options) => {
      const core = await Core.connect(connectOptions(options, 'top'));
      try {
        const watching = watch(core, options, console);
        await (options.once ? watching : Promise.race([watching, untilSignal()]));
      } finally {
        await core.close();
      }
    });
}

/** Looks every second; what cannot be seen now may be at the next look, unless there is none. */
async function watch(core: Core, {once, json}: Options, console: Console): Promise<void> {
  let before = await look(core);
  do {
    await delay(intervalMs);
    try {
      const after = await look(core);
      show(before, after, {json, console});
      before = after;
    } catch (error) {
      if (once || !(error instanceof InferenceError) || !error.retryable) throw error;
      console.note(`${error.code}: ${error.message}`);
    }
  } while (!once);
}

async function look(core: Core): Promise<Look> {
  return {activity: await core.getClusterActivity(), atMs: systemClock.now()};
}

function show(
  before: Look,
  after: Look,
  {json, console}: {readonly json: boolean | undefined; readonly console: Console},
): void {
  const rates = stageRates(before, after);
  const {activity} = after;
  if (!json) {
    const clear = console.out.isTty ? clearScreen : '';
    console.print(`${clear}${describeActivity(activity, rates, console.style)}`);
    return;
  }
  const deployments = activity.deployments.map(({stages, ...deployment}) => {
    const rated = stages.map(stage => ({...stage, rates: rates.get(stage.address) ?? null}));
    return {...deployment, stages: rated};
  });
  console.print(JSON.stringify({devices: activity.devices, deployments}));
}

import {Core} from '../../app/core.js';
import {InferenceError} from '../../errors.js';
import type {CaseSettings, FromCaseProcess, ToCaseProcess} from './case-messages.js';
import {CaseRunner} from './case-runner.js';
import {chooseCutDevice} from './cut-device.js';

/*
 * A process that runs cases, one after the other, until the command that started it ends it. What
 * a case does to it, a crash or a hang, costs that case only.
 */

let runner: CaseRunner | undefined;

async function start(settings: CaseSettings): Promise<string | null> {
  const {connect, device, inferTimeoutMs} = settings;
  const core = connect === null ? await Core.embedded() : await Core.connect(connect);
  const cutWith = settings.noCuts
    ? null
    : chooseCutDevice(device, settings.cutWith, await core.getDeviceDescriptions());
  const onStep = (step: string) => tell({kind: 'step', step});
  runner = new CaseRunner(core, {device, cutWith, inferTimeoutMs}, onStep);
  return cutWith;
}

async function perform(message: ToCaseProcess): Promise<FromCaseProcess | undefined> {
  if (message.kind === 'start') return {kind: 'ready', cutWith: await start(message.settings)};
  const result = await runner?.run(message.folder);
  return result && {kind: 'result', result};
}

function tell(message: FromCaseProcess): void {
  if (process.connected) process.send?.(message);
}

process.on('message', (message: ToCaseProcess) => {
  perform(message).then(
    answer => answer && tell(answer),
    (error: unknown) => tell({kind: 'failed', error: InferenceError.from(error).toWire()}),
  );
});
process.on('disconnect', () => process.exit(0));

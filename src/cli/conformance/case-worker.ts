import type {Core} from '../../app/core.js';
import {InferenceError} from '../../errors.js';
import {runBehaviour} from './behaviour/run-behaviour.js';
import type {CaseSettings, FromCaseProcess, ToCaseProcess} from './case-messages.js';
import {CaseRunner} from './case-runner.js';
import {chooseCutDevice} from './cut-device.js';
import {openCaseCore} from './open-case-core.js';

/*
 * A process that runs cases, one after the other, until the command that started it ends it. What
 * a case does to it, a crash or a hang, costs that case only.
 */

interface Started {
  readonly runner: CaseRunner;
  readonly core: Core;
  readonly device: string;
  readonly openCore: () => Promise<Core>;
}

let started: Started | undefined;

async function start(settings: CaseSettings): Promise<string | null> {
  const {device, inferTimeoutMs} = settings;
  const openCore = () => openCaseCore(settings);
  const core = await openCore();
  const cutWith = settings.noCuts
    ? null
    : chooseCutDevice(device, settings.cutWith, await core.getDeviceDescriptions());
  const onStep = (step: string) => tell({kind: 'step', step});
  const runner = new CaseRunner(core, {device, cutWith, inferTimeoutMs}, onStep);
  started = {runner, core, device, openCore};
  return cutWith;
}

async function perform(message: ToCaseProcess): Promise<FromCaseProcess | undefined> {
  if (message.kind === 'start') return {kind: 'ready', cutWith: await start(message.settings)};
  if (started === undefined) return undefined;
  if (message.kind === 'run') {
    return {kind: 'result', result: await started.runner.run(message.folder)};
  }
  return {kind: 'result', result: await runBehaviour(message.name, started.core, started)};
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

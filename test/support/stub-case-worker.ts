import type {FromCaseProcess, ToCaseProcess} from '../../src/cli/conformance/case-messages.js';
import {noCuts} from '../../src/cli/conformance/case-result.js';
import {InferenceError} from '../../src/errors.js';

/*
 * Stands in for a process that runs cases: does what the name of a case says. A device named NONE
 * is refused.
 */

function tell(message: FromCaseProcess): void {
  process.send?.(message);
}

function run(name: string): void {
  tell({kind: 'step', step: 'undivided'});
  if (name === 'crash') {
    process.stderr.write('corrupted\nout of luck\n', () => process.kill(process.pid, 'SIGKILL'));
    return;
  }
  if (name === 'hang') return;
  const outcome = name === 'lose the device' ? 'crashed' : 'passed';
  const result = {name, operation: 'Abs', outcome, message: '', cuts: noCuts} as const;
  tell({kind: 'result', result});
}

process.on('message', (message: ToCaseProcess) => {
  if (message.kind === 'run') {
    run(message.folder.name);
  } else if (message.kind === 'behave') {
    run(message.name);
  } else if (message.settings.device === 'NONE') {
    const error = new InferenceError('UNKNOWN_DEVICE', 'there is no NONE').toWire();
    tell({kind: 'failed', error});
  } else {
    tell({kind: 'ready', cutWith: 'OTHER'});
  }
});
process.on('disconnect', () => process.exit(0));

import {appendFileSync, readFileSync} from 'node:fs';
import type {FromCaseProcess, ToCaseProcess} from '../../src/cli/conformance/case-messages.js';
import {noCuts} from '../../src/cli/conformance/case-result.js';
import {InferenceError} from '../../src/errors.js';

/*
 * Stands in for a process that runs cases: does what the name of a case says. A device named NONE
 * is refused; one named `AWAY FROM TO FILE`, from that start to that one, which FILE counts.
 */

function tell(message: FromCaseProcess): void {
  process.send?.(message);
}

function isAway(device: string): boolean {
  const [word, from, to, file] = device.split(' ');
  if (word !== 'AWAY' || file === undefined) return device === 'NONE';
  appendFileSync(file, '.');
  const starts = readFileSync(file).length;
  return starts >= Number(from) && starts <= Number(to);
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
  } else if (isAway(message.settings.device)) {
    const error = new InferenceError('UNKNOWN_DEVICE', 'there is no NONE').toWire();
    tell({kind: 'failed', error});
  } else {
    tell({kind: 'ready', cutWith: 'OTHER'});
  }
});
process.on('disconnect', () => process.exit(0));

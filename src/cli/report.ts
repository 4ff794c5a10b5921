import {InferenceError} from '../errors.js';
import {ansiStyle, type Style} from './ansi.js';
import {describeTerminal, type Terminal} from './terminal.js';

/** Where a command writes: results on stdout, everything else on stderr. */
export interface Console {
  readonly out: Terminal;
  readonly err: Terminal;
  readonly style: Style;
  print(text: string): void;
  note(text: string): void;
  /** Raw, without a newline, on stderr. */
  draw(text: string): void;
}

export function systemConsole(): Console {
  const out = describeTerminal(process.stdout, process.env);
  const err = describeTerminal(process.stderr, process.env);
  return {
    out,
    err,
    style: ansiStyle(out.colour),
    print: text => process.stdout.write(`${text}\n`),
    note: text => process.stderr.write(`${text}\n`),
    draw: text => process.stderr.write(text),
  };
}

/** What a user reads of an error: its code, what happened and where; a stack only if asked for. */
export function describeError(error: unknown, verbose: boolean): string {
  if (!(error instanceof InferenceError)) {
    const stack = error instanceof Error ? error.stack : undefined;
    return `internal error: ${verbose && stack ? stack : String(error)}`;
  }
  const {stage, device, operation} = error;
  const place = [
    stage === undefined ? [] : [`stage ${stage}`],
    device === undefined ? [] : [`device ${device}`],
    operation === undefined ? [] : [`operation ${operation}`],
  ].flat();
  const where = place.length === 0 ? '' : `\n  at ${place.join(', ')}`;
  const stack = verbose ? `\n${error.stack}` : '';
  return `${error.code}: ${error.message}${where}${stack}`;
}

import {ansiStyle} from '../../src/cli/ansi.js';
import type {Console} from '../../src/cli/report.js';

export interface CapturedConsole extends Console {
  /** What went to stdout, and to stderr. */
  readonly printed: string[];
  readonly noted: string[];
}

/** A console that is no terminal and keeps what is written. */
export function capturedConsole(): CapturedConsole {
  const terminal = {isTty: false, columns: 80, colour: false, unicode: true};
  const [printed, noted]: [string[], string[]] = [[], []];
  return {
    ...{out: terminal, err: terminal, style: ansiStyle(false), printed, noted},
    print: text => printed.push(text),
    note: text => noted.push(text),
    draw: text => noted.push(text),
  };
}

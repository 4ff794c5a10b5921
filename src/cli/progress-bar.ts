import type {Clock} from '../ports/clock.js';
import {displayWidth} from './display-width.js';
import type {Terminal} from './terminal.js';

export interface ProgressBarOptions {
  /** `Infer`; stands before the bar. */
  readonly label: string;
  /** Steps until the end. */
  readonly total: number;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly write: (text: string) => void;
}

const drawEveryMs = 100;
const barColumnsMax = 40;
const eraseToEnd = '\x1b[K';

/** One line that is drawn over itself; nothing at all where the output is not a terminal. */
export class ProgressBar {
  readonly #options: ProgressBarOptions;
  readonly #startedMs: number;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #done = 0;

  constructor(options: ProgressBarOptions) {
    this.#options = options;
    this.#startedMs = options.clock.now();
  }

  /** Draws at most ten times a second, however often it is called. */
  update(done: number): void {
    this.#done = done;
    const nowMs = this.#options.clock.now();
    if (nowMs - this.#drawnMs >= drawEveryMs) this.#draw(nowMs);
  }

  /** Draws the last state and leaves its line; call once, whether or not all steps were done. */
  finish(): void {
    this.#draw(this.#options.clock.now());
    if (this.#options.terminal.isTty) this.#options.write('\n');
  }

  #draw(nowMs: number): void {
    const {terminal, write} = this.#options;
    if (!terminal.isTty) return;
    this.#drawnMs = nowMs;
    const line = formatProgress({
      ...this.#options,
      done: this.#done,
      elapsedMs: nowMs - this.#startedMs,
    });
    write(`\r${line}${eraseToEnd}`);
  }
}

/** The bar as text that fits on one line: `Infer ████░░░░  50/100  50 %  3 s left`. */
export function formatProgress(
  state: Pick<ProgressBarOptions, 'label' | 'total' | 'terminal'> & {
    readonly done: number;
    readonly elapsedMs: number;
  },
): string {
  const {label, total, done, terminal} = state;
  const share = total > 0 ? Math.min(done / total, 1) : 1;
  const count = `${String(done).padStart(String(total).length)}/${total}`;
  const percent = `${Math.floor(share * 100)}`.padStart(3);
  const text = `  ${count}  ${percent} %${remaining(share, state.elapsedMs)}`;
  // A terminal breaks the line when its last column is filled.
  const columns = terminal.columns - 1;
  const free = columns - displayWidth(`${label} `) - text.length;
  const barColumns = Math.max(Math.min(free, barColumnsMax), 0);
  return `${label} ${formatBar(share, barColumns, terminal.unicode)}${text}`.slice(0, columns);
}

function formatBar(share: number, columns: number, unicode: boolean): string {
  const filled = Math.floor(share * columns);
  const [full, empty] = unicode ? ['█', '░'] : ['#', '.'];
  return `${full}`.repeat(filled) + `${empty}`.repeat(columns - filled);
}

function remaining(share: number, elapsedMs: number): string {
  if (share === 0 || share === 1) return '';
  const seconds = Math.ceil((elapsedMs * (1 - share)) / share / 1000);
  return `  ${seconds} s left`;
}

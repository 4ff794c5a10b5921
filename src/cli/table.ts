import {displayWidth} from './display-width.js';

export interface Column {
  readonly title: string;
  /** `left` unless said otherwise; numbers read better on the right. */
  readonly align?: 'left' | 'right';
}

const gap = '  ';
// Names in a network are anybody's: no newline or escape sequence of theirs reaches the terminal.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const unprintable = /(\x1b\[[\d;]*m)|\p{Cc}/gu;

/**
 * Rows under titles, each column as wide as its widest cell, without spaces at the ends of lines.
 * Cells may be coloured; other control characters in them are shown as `\ufffd`. A row's missing
 * cells are empty. No newline at the end.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const titles = columns.map(column => column.title);
  const lines = [titles, ...rows].map(cells => columns.map((_, at) => printable(cells[at] ?? '')));
  const widths = columns.map((_, at) => widest(lines.map(cells => cells[at] ?? '')));
  const formatLine = (cells: readonly string[]): string =>
    columns
      .map(({align}, at) => pad(cells[at] ?? '', widths[at] ?? 0, align ?? 'left'))
      .join(gap)
      .trimEnd();
  return lines.map(formatLine).join('\n');
}

function printable(cell: string): string {
  return cell.replace(unprintable, (_, colour: string | undefined) => colour ?? '\ufffd');
}

function widest(cells: readonly string[]): number {
  return cells.reduce((width, cell) => Math.max(width, displayWidth(cell)), 0);
}

function pad(cell: string, width: number, align: 'left' | 'right'): string {
  const spaces = ' '.repeat(width - displayWidth(cell));
  return align === 'left' ? cell + spaces : spaces + cell;
}

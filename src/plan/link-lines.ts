import {formatBytes} from './format-bytes.js';
import type {StageLink} from './stage-links.js';

const linesMax = 4;
const charactersMax = 32;

/** What an arrow says: a line for each tensor and its bytes, at most four. */
export function linkLines({edges}: StageLink): readonly string[] {
  const shown = edges.length > linesMax ? linesMax - 1 : linesMax;
  const lines = edges.slice(0, shown).map(({output, optional, bytes}) => {
    return `${shorten(output)}${optional ? '?' : ''} ${formatBytes(bytes)}`;
  });
  const rest = edges.length - lines.length;
  return rest > 0 ? [...lines, `and ${rest} more`] : lines;
}

/** A name with its middle left out if it is long. */
export function shorten(name: string): string {
  if (name.length <= charactersMax) return name;
  const half = (charactersMax - 2) / 2;
  return `${name.slice(0, half)}…${name.slice(-half)}`;
}

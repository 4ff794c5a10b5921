/** A quoted string of DOT; only backslashes, quotes and line ends mean something inside. */
export function dotText(lines: readonly string[]): string {
  const escaped = lines.map(line =>
    line.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll(/\s/g, ' '),
  );
  return `"${escaped.join('\\n')}"`;
}

/** Names for a message, bounded: `'a', 'b' and 3 more`. */
export function listNames(names: readonly string[], shownMax = 20): string {
  const shown = names.slice(0, shownMax).map(name => `'${name}'`);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

/** Names in their order for a reader, the middle left out: `a, b, c, … 7 more …, k`. */
export function shortenNames(names: readonly string[], shownMax = 6): string {
  if (names.length <= shownMax) return names.join(', ');
  const hidden = names.length - shownMax;
  return `${names.slice(0, shownMax - 1).join(', ')}, … ${hidden} more …, ${names.at(-1)}`;
}

/** Names for a message, bounded: `'a', 'b' and 3 more`. */
export function listNames(names: readonly string[], shownMax = 20): string {
  const shown = names.slice(0, shownMax).map(name => `'${name}'`);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

/** `1 stage`, `2 stages`. */
export function formatCount(items: number, what: string): string {
  return `${items} ${what}${items === 1 ? '' : 's'}`;
}

const units = ['µs', 'ms', 's'] as const;

/** A duration for a reader: `0 µs`, `12.3 µs`, `588 ms`. */
export function formatMicroseconds(us: number): string {
  let value = us;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toFixed(value >= 100 ? 0 : 1))} ${units[unit]}`;
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Bytes for a reader: `0 B`, `588 KiB`, `1.5 MiB`; `? B` if they are known only at run time. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return '? B';
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${Number(value.toFixed(digits))} ${units[unit]}`;
}

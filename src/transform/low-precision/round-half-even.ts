/** To the nearest whole number, and of two that are as near to the even one. */
export function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest < 0.5) return down;
  return rest > 0.5 || down % 2 !== 0 ? down + 1 : down;
}

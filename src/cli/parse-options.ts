import {InvalidArgumentError} from 'commander';

/** Options given again and again gather in a list. */
export function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

export function wholeNumber(min: number, max: number): (value: string) => number {
  return value => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}.`);
  };
}

export function seconds(value: string): number {
  const number = Number(value);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('expected a number of seconds above 0.');
}

/** `KEY=VALUE` into an entry; numbers and booleans stay text, which config takes too. */
export function configEntry(value: string, earlier: Record<string, string> = {}) {
  const at = value.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError('expected KEY=VALUE.');
  return {...earlier, [value.slice(0, at)]: value.slice(at + 1)};
}

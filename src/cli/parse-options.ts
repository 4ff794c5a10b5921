import {InvalidArgumentError} from 'commander';

const portMax = 65_535;

/** Options given again and again gather in a list. */
export function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

/** `CPU,WASM` into its parts. */
export function kinds(value: string): readonly string[] {
  const parts = value.split(',').map(part => part.trim());
  if (parts.every(part => part !== '')) return parts;
  throw new InvalidArgumentError('expected kinds of devices between commas: CPU,WASM.');
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

/** Given again and again, `KEY=VALUE` gathers in a record; values stay text. */
export function entry(
  value: string,
  earlier: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = value.indexOf('=');
  if (at <= 0 || at === value.length - 1) throw new InvalidArgumentError('expected KEY=VALUE.');
  return {...earlier, [value.slice(0, at)]: value.slice(at + 1)};
}

/** `9464`, or `127.0.0.1:9464`. */
export function hostAndPort(value: string): {readonly host?: string; readonly port: number} {
  const match = /^(?:(?<host>[\w.-]+|\[[0-9a-f:.]+\]):)?(?<port>\d{1,5})$/i.exec(value);
  const port = Number(match?.groups?.['port']);
  if (!(port <= portMax)) {
    throw new InvalidArgumentError('expected a port, or ADDRESS:PORT; 0: a free port.');
  }
  const host = match?.groups?.['host']?.replace(/^\[|\]$/g, '');
  return host === undefined ? {port} : {host, port};
}

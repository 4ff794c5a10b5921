import {InferenceError} from '../errors.js';

/** What an option says of each input by name; what it says of all the others is under `''`. */
export type PerInput = ReadonlyMap<string, string>;

/**
 * Parses what benchmark_app's options take: `NCHW` or `[1,2,3]` for every image, `left[1,2,3]` for
 * that of one input, and several of these with commas between. Throws INVALID_ARGUMENT.
 */
export function parsePerInput(text: string, option: string): PerInput {
  if (!text.includes('[')) return new Map([['', text]]);
  const values = new Map<string, string>();
  const item = /\s*([^[\]]*?)\s*\[([^\]]*)\]\s*(?:,|$)/y;
  while (item.lastIndex < text.length) {
    const [, name, value] = item.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      const example = 'VALUE, or NAME[VALUE],NAME[VALUE]';
      throw new InferenceError(
        'INVALID_ARGUMENT',
        `${option}: expected ${example}, given "${text}"`,
      );
    }
    values.set(name, value);
  }
  return values;
}

/** Numbers with commas between. Throws INVALID_ARGUMENT. */
export function numbersIn(text: string, option: string): readonly number[] {
  const parts = text.split(',').map(part => part.trim());
  const numbers = parts.map(Number);
  if (parts.every((part, at) => part !== '' && Number.isFinite(numbers[at]))) return numbers;
  const expected = 'numbers with commas between';
  throw new InferenceError('INVALID_ARGUMENT', `${option}: expected ${expected}, given "${text}"`);
}

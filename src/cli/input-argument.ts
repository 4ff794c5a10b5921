import {InferenceError} from '../errors.js';

/** Where an input of a network comes from, as a command's argument says it. */
export type InputArgument =
  | {readonly kind: 'file' | 'image'; readonly input: string; readonly path: string}
  | {readonly kind: 'random'; readonly input: string; readonly seed: number};

const forms = 'NAME=FILE.npy, NAME=FILE.png, NAME=FILE.jpg, NAME=random or NAME=random:SEED';
const seedMax = 0xffffffff;

/**
 * Parses `NAME=FILE.npy`, `NAME=FILE.png` (or `.jpg`, `.jpeg`), `NAME=random` (seed 0) or
 * `NAME=random:42`; the name ends at the first equals sign. Throws INVALID_ARGUMENT.
 */
export function parseInputArgument(text: string): InputArgument {
  const equals = text.indexOf('=');
  if (equals < 1) throw malformed(text);
  const input = text.slice(0, equals);
  const value = text.slice(equals + 1);
  if (value === 'random') return {kind: 'random', input, seed: 0};
  if (value.startsWith('random:')) return {kind: 'random', input, seed: parseSeed(value, text)};
  if (/.\.npy$/i.test(value)) return {kind: 'file', input, path: value};
  if (/.\.(png|jpe?g)$/i.test(value)) return {kind: 'image', input, path: value};
  throw malformed(text);
}

function parseSeed(value: string, text: string): number {
  const digits = value.slice('random:'.length);
  const seed = Number(digits);
  if (/^\d+$/.test(digits) && seed <= seedMax) return seed;
  throw new InferenceError(
    'INVALID_ARGUMENT',
    `expected a seed from 0 to ${seedMax}, got "${digits}" in "${text}"`,
  );
}

function malformed(text: string): InferenceError {
  return new InferenceError('INVALID_ARGUMENT', `expected ${forms} for an input, got "${text}"`);
}

/**
 * A whole number as a product: a factor, the number of rows that run as one (or not), and sizes
 * that are known by a name only and are the same for all requests of a batch.
 */
export interface Term {
  readonly factor: number;
  readonly rows: 0 | 1;
  /** Sorted; those that begin with `size` are never negative. */
  readonly symbols: readonly string[];
}

/** `mixed` depends on the number of rows in a way that is no product. */
export type Count = Term | 'mixed';

/** Products of more names than this are not followed. */
const symbolsMax = 8;
/** Far above any shape, and so far below 2^53 that a few more factors stay exact. */
const factorMax = 2 ** 40;

export function numberTerm(factor: number): Term {
  return {factor, rows: 0, symbols: []};
}

export const oneTerm: Term = numberTerm(1);

/** As many as there are rows, times a term without rows. */
export function rowsTimes({factor, symbols}: Term): Term {
  return {factor, rows: 1, symbols};
}

/** A size, from 0, that is the same for all requests of a batch. */
export function sizeTerm(name: string): Term {
  return {factor: 1, rows: 0, symbols: [`size ${name}`]};
}

/** Any whole number, or any number at all, that is the same for all requests of a batch. */
export function anyTerm(name: string): Term {
  return {factor: 1, rows: 0, symbols: [`any ${name}`]};
}

export function hasRows(count: Count | undefined): boolean {
  return count === 'mixed' || count?.rows === 1;
}

/** The number that a count always is; undefined if there is none. */
export function numberOf(count: Count | undefined): number | undefined {
  if (count === undefined || count === 'mixed' || count.rows === 1) return undefined;
  return count.symbols.length === 0 ? count.factor : undefined;
}

/** Whether both are known to be always the same. */
export function sameCount(a: Count | undefined, b: Count | undefined): boolean {
  if (a === undefined || b === undefined || a === 'mixed' || b === 'mixed') return false;
  if (a.factor !== b.factor) return false;
  return a.factor === 0 || sameFactors(a, b);
}

export function isNeverNegative({factor, symbols}: Term): boolean {
  return factor >= 0 && symbols.every(name => name.startsWith('size '));
}

/** Undefined if it is not known as a product of few factors. */
export function product(a: Term, b: Term): Term | undefined {
  const factor = a.factor * b.factor;
  if (factor === 0) return numberTerm(0);
  const symbols = [...a.symbols, ...b.symbols].sort();
  if (a.rows + b.rows > 1 || symbols.length > symbolsMax || Math.abs(factor) > factorMax) {
    return undefined;
  }
  return {factor, rows: a.rows === 1 ? 1 : b.rows, symbols};
}

export function productOf(terms: readonly (Count | undefined)[]): Term | undefined {
  return terms.reduce<Term | undefined>((all, term) => {
    return all === undefined || term === undefined || term === 'mixed'
      ? undefined
      : product(all, term);
  }, oneTerm);
}

/** Undefined if `b` is not known to divide `a`. */
export function quotient(a: Term, b: Term): Term | undefined {
  const factor = a.factor / b.factor;
  if (!Number.isSafeInteger(factor) || a.rows < b.rows) return undefined;
  const symbols = [...a.symbols];
  for (const name of b.symbols) {
    const at = symbols.indexOf(name);
    if (at < 0) return undefined;
    symbols.splice(at, 1);
  }
  return {factor, rows: a.rows === b.rows ? 0 : 1, symbols};
}

/** `a + sign b`; undefined if that is no product. */
export function sum(a: Term, b: Term, sign: 1 | -1 = 1): Term | undefined {
  if (b.factor === 0) return a;
  const [first, second] = [a.factor, sign * b.factor];
  if (a.factor !== 0 && !sameFactors(a, b)) return undefined;
  const factor = first + second;
  if (Math.abs(factor) > factorMax) return undefined;
  return factor === 0 ? numberTerm(0) : {...b, factor};
}

function sameFactors(a: Term, b: Term): boolean {
  return (
    a.rows === b.rows &&
    a.symbols.length === b.symbols.length &&
    a.symbols.every((name, at) => name === b.symbols[at])
  );
}

import {type Count, hasRows, oneTerm, sameCount, type Term} from './count.js';

/**
 * A value that is, of a batch, what it is of each request, one behind the other along `axis`: as
 * long there as there are rows, times `times`.
 */
export interface Rows {
  readonly kind: 'rows';
  readonly axis: number;
  readonly times: Term;
  /** Its sizes where they are known better than by its type; the batch's place is of no account. */
  readonly sizes?: readonly (Term | undefined)[];
}

/** A value that is the same for each request and for the whole batch. */
export interface Same {
  readonly kind: 'same';
  /** Undefined if it is not known by other means than the types of the network's values either. */
  readonly rank?: number;
}

/** A small value whose elements are known one by one; they may depend on the number of rows. */
export interface Counts {
  readonly kind: 'counts';
  readonly shape: readonly number[];
  readonly counts: readonly Count[];
}

/** What a value is to a batch. */
export type Meaning = Rows | Same | Counts;

/** Values with more elements than this are not looked into. */
export const elementsMax = 64;

export function rows(
  axis: number,
  times: Term = oneTerm,
  sizes?: readonly (Term | undefined)[],
): Rows {
  return sizes === undefined ? {kind: 'rows', axis, times} : {kind: 'rows', axis, times, sizes};
}

export function same(rank?: number): Same {
  return rank === undefined ? {kind: 'same'} : {kind: 'same', rank};
}

export function counts(shape: readonly number[], elements: readonly Count[]): Counts {
  return {kind: 'counts', shape, counts: elements};
}

/** Whether it is the same for each request and for the whole batch. */
export function isSame(meaning: Meaning | undefined): boolean {
  if (meaning === undefined || meaning.kind === 'same') return true;
  return meaning.kind === 'counts' && !meaning.counts.some(hasRows);
}

/** Whether it has, along its first axis, a row for each row of the batch: what stages exchange. */
export function isBatch(meaning: Meaning | undefined): boolean {
  return meaning?.kind === 'rows' && meaning.axis === 0 && sameCount(meaning.times, oneTerm);
}

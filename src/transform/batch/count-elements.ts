import type {BatchedNode, BatchFinding} from './batched-node.js';
import {countsRows} from './batched-node.js';
import {
  anyTerm,
  type Count,
  hasRows,
  isNeverNegative,
  numberOf,
  numberTerm,
  product,
  quotient,
  sameCount,
  sum,
  type Term,
} from './count.js';
import {type Counts, counts, elementsMax, isSame, same} from './meaning.js';

/** An element made of elements; undefined if nothing is known of it. */
type ElementRule = (a: Term, b: Term, c: Term) => Term | undefined;

const truth = (is: boolean): Term => numberTerm(is ? 1 : 0);

/** Numbers that are known, of two elements. */
const ofNumbers =
  (compute: (a: number, b: number) => Term | undefined): ElementRule =>
  (a, b) => {
    const [left, right] = [numberOf(a), numberOf(b)];
    return left === undefined || right === undefined ? undefined : compute(left, right);
  };

/** Equal terms are equal, other numbers are not, and no size is negative. */
const equal: ElementRule = (a, b) => {
  if (sameCount(a, b)) return truth(true);
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined) return truth(false);
  const number = left ?? right;
  const other = left === undefined ? a : b;
  return number !== undefined && number < 0 && isNeverNegative(other) ? truth(false) : undefined;
};

const extreme = (pick: (a: number, b: number) => number): ElementRule => {
  const numbers = ofNumbers((a, b) => numberTerm(pick(a, b)));
  return (a, b, c) => (sameCount(a, b) ? a : numbers(a, b, c));
};

/** Of whole numbers: floating-point ones are known by name only, so that nothing is rounded. */
const elementRules: Readonly<Record<string, ElementRule>> = {
  Add: (a, b) => sum(a, b),
  Sub: (a, b) => sum(a, b, -1),
  Mul: (a, b) => product(a, b),
  Div: (a, b) => (b.factor === 0 ? undefined : quotient(a, b)),
  Neg: a => ({...a, factor: -a.factor}),
  Abs: a => (isNeverNegative(a) ? a : undefined),
  Equal: equal,
  Less: ofNumbers((a, b) => truth(a < b)),
  LessOrEqual: ofNumbers((a, b) => truth(a <= b)),
  Greater: ofNumbers((a, b) => truth(a > b)),
  GreaterOrEqual: ofNumbers((a, b) => truth(a >= b)),
  And: ofNumbers((a, b) => truth(a !== 0 && b !== 0)),
  Or: ofNumbers((a, b) => truth(a !== 0 || b !== 0)),
  Not: a => (numberOf(a) === undefined ? undefined : truth(numberOf(a) === 0)),
};

const unknownRules = 'Ceil Exp Floor Log Max Min Mod Pow Reciprocal Round Sign Sqrt Xor'.split(' ');

/** Operations that work element by element, by name. */
export const elementTypes: readonly string[] = [
  ...Object.keys(elementRules),
  ...unknownRules,
  'Where',
];

/** Element by element, of values none of which has rows. */
export function countElements(of: BatchedNode): BatchFinding {
  const operands = of.node.input.map((_, at) => of.input(at));
  const known = operands.filter(each => each?.kind === 'counts');
  const shape = known.length === operands.length ? broadcastShape(known) : undefined;
  if (shape === undefined) return operands.every(isSame) ? same(rankOf(of)) : countsRows;
  const size = shape.reduce((all, dimension) => all * dimension, 1);
  if (size > elementsMax) return operands.every(isSame) ? same(shape.length) : countsRows;
  const name = of.node.output[0] ?? '';
  const elements = Array.from({length: size}, (_, at) => {
    const read = known.map(each => each.counts[positionIn(each.shape, shape, at)] ?? 'mixed');
    return element(of, read, `${name}[${at}]`);
  });
  return counts(shape, elements);
}

function rankOf(of: BatchedNode): number | undefined {
  const ranks = of.node.input.map((_, at) => of.rankOf(at));
  return ranks.every(rank => rank !== undefined) ? Math.max(...ranks) : undefined;
}

function element({type, whole}: BatchedNode, read: readonly Count[], name: string): Count {
  if (!whole) return read.some(hasRows) ? 'mixed' : anyTerm(name);
  if (type === 'Where') return chosen(read, name);
  const terms = read.filter(count => count !== 'mixed');
  const [a, b = a, c = a] = terms;
  const rule = Object.hasOwn(elementRules, type) ? elementRules[type] : undefined;
  if (a !== undefined && b !== undefined && c !== undefined && terms.length === read.length) {
    const made = ['Max', 'Min'].includes(type) ? extremeOf(type, terms) : rule?.(a, b, c);
    if (made !== undefined) return made;
  }
  return read.some(hasRows) ? 'mixed' : anyTerm(name);
}

function extremeOf(type: string, terms: readonly Term[]): Term | undefined {
  const pick = extreme(type === 'Max' ? Math.max : Math.min);
  return terms.reduce<Term | undefined>((best, term) => {
    return best === undefined ? undefined : pick(best, term, term);
  }, terms[0]);
}

function chosen([condition, yes, no]: readonly Count[], name: string): Count {
  const is = numberOf(condition);
  if (is !== undefined) return (is === 0 ? no : yes) ?? 'mixed';
  if (!hasRows(condition) && sameCount(yes, no)) return yes ?? 'mixed';
  return [condition, yes, no].some(hasRows) ? 'mixed' : anyTerm(name);
}

/** Undefined if they do not broadcast. */
function broadcastShape(all: readonly Counts[]): readonly number[] | undefined {
  const rank = Math.max(...all.map(({shape}) => shape.length));
  const shape = Array.from({length: rank}, (_, axis) => {
    const sizes = all.map(each => each.shape[axis - rank + each.shape.length] ?? 1);
    const size = sizes.find(each => each !== 1) ?? 1;
    return sizes.every(each => each === 1 || each === size) ? size : undefined;
  });
  return shape.every(size => size !== undefined) ? shape : undefined;
}

/** Where the element at `at` of a broadcast result lies in an operand. */
export function positionIn(
  operand: readonly number[],
  result: readonly number[],
  at: number,
): number {
  let [rest, position, stride] = [at, 0, 1];
  for (let right = 1; right <= result.length; right++) {
    const size = result.at(-right) ?? 1;
    const own = operand.at(-right);
    if (right <= operand.length && own !== undefined) {
      position += (own === 1 ? 0 : rest % size) * stride;
      stride *= own;
    }
    rest = Math.floor(rest / size);
  }
  return position;
}

import {type BatchedNode, type BatchRule, countsRows} from './batched-node.js';
import {sameCount} from './count.js';
import {isSame, rows} from './meaning.js';

/**
 * Einsum keeps requests apart if the batch has one letter, in every operand that has rows and in the
 * result, and in nothing that is the same for all. Equations with `...`, or without `->`, are
 * refused.
 */
export const einsum: BatchRule = of => {
  const [left, result, ...more] = equationOf(of).split('->');
  const terms = left?.split(',') ?? [];
  const isPlain = [...terms, result ?? '.'].every(term => /^[A-Za-z]*$/.test(term));
  if (!isPlain || more.length > 0 || terms.length !== of.node.input.length) {
    return 'its equation does not say where the batch goes';
  }
  const operands = terms.map((term, at) => ({term, meaning: of.input(at)}));
  const found = operands.flatMap(({term, meaning}) => {
    return meaning?.kind === 'rows' ? [{letter: term[meaning.axis], times: meaning.times}] : [];
  });
  const [first] = found;
  const letter = first?.letter;
  if (first === undefined || letter === undefined) return countsRows;
  if (!found.every(each => each.letter === letter && sameCount(each.times, first.times))) {
    return 'it aligns the batch with another axis';
  }
  for (const {term, meaning} of operands) {
    const isRows = meaning?.kind === 'rows';
    if (!isRows && !isSame(meaning)) return countsRows;
    if (term.split(letter).length - 1 !== (isRows ? 1 : 0)) {
      return 'it aligns the batch with another axis';
    }
  }
  const axis = result?.indexOf(letter) ?? -1;
  return axis < 0 ? 'it sums over the batch' : rows(axis, first.times);
};

function equationOf({node}: BatchedNode): string {
  const equation = node.attribute.find(({name}) => name === 'equation');
  return new TextDecoder().decode(equation?.s).replaceAll(' ', '');
}

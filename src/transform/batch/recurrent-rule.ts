import {intAttribute} from '../../network/node-attribute.js';
import {alike} from './axis-rules.js';
import type {BatchRule} from './batched-node.js';
import {countsRows} from './batched-node.js';
import {isSame, type Meaning, type Rows, rows} from './meaning.js';

/** Inputs of RNN, GRU and LSTM by position: weights are the same for all, states come in rows. */
const weights = [1, 2, 3, 7];
const lengths = 4;
const states = [5, 6];

/**
 * RNN, GRU and LSTM, over sequences [steps, rows, …], or [rows, steps, …] with `layout` 1. States of
 * their own that requests begin with must be there for each row.
 */
export const recurrent: BatchRule = of => {
  const data = of.input(0);
  const first = intAttribute(of.node, 'layout', 0) !== 0;
  if (data?.kind !== 'rows') return 'its weights depend on the request';
  if (data.axis !== (first ? 0 : 1)) return 'it works along the batch';
  for (const at of weights) {
    const other = of.input(at);
    if (!isSame(other)) {
      return other?.kind === 'rows' ? 'its weights depend on the request' : countsRows;
    }
  }
  const hasOwn = (at: number, expected: Rows) => {
    const own: Meaning | undefined = of.input(at);
    return own === undefined || (own.kind === 'rows' && alike(own, expected));
  };
  const state = rows(first ? 0 : 1, data.times);
  if (
    ![...states.map(at => hasOwn(at, state)), hasOwn(lengths, rows(0, data.times))].every(Boolean)
  ) {
    return 'it begins with states or lengths that are not those of its rows';
  }
  return [rows(first ? 0 : 2, data.times), state, state];
};

import type {GrowingNetwork} from './growing-network.js';
import {NetworkBuilder} from './network-builder.js';

/** Adds an operation or a few to a growing network. */
type Step = (net: GrowingNetwork) => void;

/** Whole numbers out of the shape of some value. */
const count: Step = net => {
  const shape = net.node('Shape', [net.any().name]);
  const more = net.constant('i64', [2], [net.random.whole(-5, 5), net.random.whole(-5, 5)]);
  net.exact.push({name: net.node('Add', [shape, more]), type: 'i64'});
};

/** Two whole numbers added up, kept small. */
const addWhole: Step = net => {
  const [a, b] = [net.exactly('i64'), net.exactly('i64')];
  if (a === undefined || b === undefined) return count(net);
  const sum = net.node('Add', [a, b]);
  net.exact.push({name: net.node('Min', [sum, net.constant('i64', [], [500])]), type: 'i64'});
};

/** Booleans out of whole numbers. */
const compare: Step = net => {
  const [a, b] = [net.exactly('i64'), net.exactly('i64')];
  if (a === undefined || b === undefined) return count(net);
  const compared = net.node(net.random.pick(['Greater', 'Less', 'Equal']), [a, b]);
  net.exact.push({name: compared, type: 'bool'});
};

/** Strings chosen by booleans. */
const choose: Step = net => {
  const [condition, a, b] = [net.exactly('bool'), net.exactly('string'), net.exactly('string')];
  if (condition === undefined || a === undefined || b === undefined) return compare(net);
  net.exact.push({name: net.node('Where', [condition, a, b]), type: 'string'});
};

/** Both branches capture values from outside; whole numbers, which nothing rounds, decide. */
const branchOnCount: Step = net => {
  const whole = net.exactly('i64');
  if (whole === undefined) return count(net);
  const a = net.any();
  const b = net.anyLike(a);
  const least = net.node('ReduceMin', [whole], {keepdims: 0n});
  const condition = net.node('Greater', [least, net.constant('i64', [], [0])]);
  const [yes, no] = [net.fresh('b'), net.fresh('b')];
  const then_branch = new NetworkBuilder('then').node('Add', [a.name, b.name], yes).output(yes);
  const else_branch = new NetworkBuilder('else').node('Neg', a.name, no).output(no);
  const bodies = {then_branch: then_branch.graph(), else_branch: else_branch.graph()};
  net.add(net.node('If', [condition], bodies), a.width, a.bound + b.bound);
};

/** Steps on whole numbers, booleans and strings, the same on every device to the last bit. */
export const exactSteps: readonly Step[] = [count, addWhole, compare, choose, branchOnCount];

import {tensorProto} from '../../src/network/tensor-proto.js';
import {exactSteps} from './exact-steps.js';
import type {GrowingNetwork} from './growing-network.js';
import {NetworkBuilder} from './network-builder.js';
import {tensorOf} from './tensor-of.js';

/** Adds an operation or a few to a growing network. */
type Step = (net: GrowingNetwork) => void;

const unary: Step = net => {
  const {name, width, bound} = net.any();
  const type = net.random.pick(['Relu', 'Tanh', 'Sigmoid', 'Neg', 'Abs', 'com.microsoft.Gelu']);
  net.add(net.node(type, [name]), width, Math.max(bound, 1));
};

const binary: Step = net => {
  const left = net.any();
  const right = net.anyLike(left);
  const type = net.random.pick(['Add', 'Sub', 'Max', 'Min', 'Mul']);
  const bound = type === 'Mul' ? left.bound * right.bound : left.bound + right.bound;
  net.add(net.node(type, [left.name, right.name]), left.width, bound);
};

const matMul: Step = net => {
  const {name, width, bound} = net.any();
  const wide = net.random.pick([2, 4]);
  const type = net.random.pick(['MatMul', 'com.microsoft.FusedMatMul']);
  net.add(net.node(type, [name, net.weight([width, wide])]), wide, bound * width);
};

/** Gemm with its weight transposed, sometimes without its optional bias. */
const gemm: Step = net => {
  const {name, width, bound} = net.any();
  const wide = net.random.pick([2, 4]);
  const bias = net.random.chance(0.5) ? [net.weight([wide])] : [];
  const inputs = [name, net.weight([wide, width]), ...bias];
  net.add(net.node('Gemm', inputs, {transB: 1n}), wide, bound * width + 1);
};

/** Split has several outputs. */
const split: Step = net => {
  const {name, width, bound} = net.any();
  if (width < 2) return;
  const left = net.random.whole(1, width - 1);
  const sizes = net.constant('i64', [2], [left, width - left]);
  const [a, b] = [net.fresh('v'), net.fresh('v')];
  net.builder.node('Split', [name, sizes], [a, b], {axis: 1n});
  net.add(a, left, bound);
  net.add(b, width - left, bound);
};

const concat: Step = net => {
  const [a, b] = [net.any(), net.any()];
  if (a.width + b.width > 12) return;
  const joined = net.node('Concat', [a.name, b.name], {axis: 1n});
  net.add(joined, a.width + b.width, Math.max(a.bound, b.bound));
};

/** Clip with its optional minimum left out by an empty name. */
const clip: Step = net => {
  const {name, width, bound} = net.any();
  const most = net.constant('f32', [], [0.75]);
  net.add(net.node('Clip', [name, '', most]), width, Math.max(bound, 1));
};

/** A comparison makes booleans, which Where reads. */
const where: Step = net => {
  const a = net.any();
  const [b, c] = [net.anyLike(a), net.anyLike(a)];
  const condition = net.node('Greater', [a.name, b.name]);
  const chosen = net.node('Where', [condition, b.name, c.name]);
  net.add(chosen, a.width, Math.max(b.bound, c.bound));
};

/** Through whole numbers and back. */
const integers: Step = net => {
  const {name, width, bound} = net.any();
  const whole = net.node('Cast', [name], {to: 7n});
  const more = net.node('Add', [whole, net.constant('i64', [1], [1])]);
  net.add(net.node('Cast', [more], {to: 1n}), width, bound + 1);
};

/** The largest two of each row, and where they are. */
const topK: Step = net => {
  const {name, width, bound} = net.any();
  if (width < 2) return;
  const [values, indices] = [net.fresh('v'), net.fresh('v')];
  net.builder.node('TopK', [name, net.constant('i64', [1], [2])], [values, indices]);
  net.add(values, 2, bound);
  net.add(net.node('Cast', [indices], {to: 1n}), 2, width);
};

/** A shape computed at run time. */
const reshape: Step = net => {
  const {name, width, bound} = net.any();
  const shape = net.node('Shape', [name]);
  const flat = net.node('Reshape', [name, net.constant('i64', [1], [-1])]);
  net.add(net.node('Reshape', [flat, shape]), width, bound);
};

/** A constant that is computed inside: it depends on no input. Often one that is there already. */
const constants: Step = net => {
  const {name, width, bound} = net.any();
  const there = net.computed.filter(each => each.width === width);
  const reused = there.length > 0 && net.random.chance(0.7);
  const computed = reused ? net.random.pick(there).name : computeConstant(net, width);
  net.add(net.node('Add', [name, computed]), width, bound + 2);
};

function computeConstant(net: GrowingNetwork, width: number): string {
  const shape = net.node('Constant', [], {
    value: tensorProto('', tensorOf('i64', [2], [1, width])),
  });
  const value = tensorProto('', tensorOf('f32', [1], [0.5]));
  const filled = net.node('ConstantOfShape', [shape], {value});
  const name = net.node('Sub', [net.weight([1, width]), filled]);
  net.computed.push({name, width});
  return name;
}

const normalise: Step = net => {
  const {name, width} = net.any();
  const inputs = [name, net.weight([width]), net.weight([width])];
  net.add(net.node('LayerNormalization', inputs, {epsilon: 0.01}), width, width + 1);
};

const softmax: Step = net => {
  const {name, width} = net.any();
  net.add(net.node('Softmax', [name]), width, 1);
};

const localFunction: Step = net => {
  const a = net.any();
  const b = net.anyLike(a);
  net.add(net.node('local.Blend', [a.name, b.name]), a.width, a.bound + b.bound);
};

/** A sequence, which is no tensor, lies between two operations. */
const sequence: Step = net => {
  const [a, b] = [net.any(), net.any()];
  const pair = net.node('SequenceConstruct', [a.name, b.name]);
  const picked = net.node('SequenceAt', [pair, net.constant('i64', [], [1])]);
  net.add(picked, b.width, b.bound);
};

/** Both branches capture values from outside, which the node does not list as inputs. */
const branch: Step = net => {
  const a = net.any();
  const b = net.anyLike(a);
  const sum = net.node('ReduceSum', [net.any().name], {keepdims: 0n});
  const condition = net.node('Greater', [sum, net.constant('f32', [], [0])]);
  const weight = net.weight([a.width]);
  const [yes, no] = [net.fresh('b'), net.fresh('b')];
  const then_branch = new NetworkBuilder('then').node('Add', [a.name, weight], yes).output(yes);
  const else_branch = new NetworkBuilder('else').node('Neg', b.name, no).output(no);
  const bodies = {then_branch: then_branch.graph(), else_branch: else_branch.graph()};
  net.add(net.node('If', [condition], bodies), a.width, Math.max(a.bound + 1, b.bound));
};

/** Three rounds of s = tanh(s + captured), every round's s stacked and the last one used. */
const loop: Step = net => {
  const start = net.any();
  const captured = net.anyLike(start);
  const [i, on, s, off, sum, next] = ['i', 'on', 's', 'off', 'sum', 'next'].map(p => net.fresh(p));
  const body = new NetworkBuilder('body')
    .input(i as string, 'i64', [])
    .input(on as string, 'bool', [])
    .input(s as string, 'f32', null)
    .node('Identity', on as string, off as string)
    .node('Add', [s as string, captured.name], sum as string)
    .node('Tanh', sum as string, next as string)
    .output(off as string, 'bool', [])
    .output(next as string, 'f32', null);
  const rounds = net.constant('i64', [], [3]);
  const last = net.node('Loop', [rounds, '', start.name], {body: body.graph()});
  net.add(last, start.width, 1);
};

/** A running mean over the rows, with a weight captured from outside. */
const scan: Step = net => {
  const rows = net.any();
  const weight = net.weight([rows.width]);
  const [state, row, scaled, sum, next, out] = ['s', 'r', 'p', 'q', 'n', 'o'].map(p =>
    net.fresh(`scan ${p}`),
  ) as [string, string, string, string, string, string];
  const body = new NetworkBuilder('body')
    .input(state, 'f32', [rows.width])
    .input(row, 'f32', [rows.width])
    .node('Mul', [row, weight], [scaled])
    .node('Add', [state, scaled], [sum])
    .node('Tanh', [sum], [next])
    .node('Identity', [next], [out])
    .output(next, 'f32', [rows.width])
    .output(out, 'f32', [rows.width]);
  const zeros = net.constant('f32', [rows.width], new Array(rows.width).fill(0));
  const [last, all] = [net.fresh('v'), net.fresh('v')];
  const attributes = {body: body.graph(), num_scan_inputs: 1n};
  net.builder.node('Scan', [zeros, rows.name], [last, all], attributes);
  net.add(all, rows.width, 1);
  net.add(net.node('Add', [rows.name, last]), rows.width, rows.bound + 1);
};

/** Steps whose results move little if their inputs do; the plain ones more often. */
export const continuousSteps: readonly Step[] = [
  ...[unary, unary, unary, binary, binary, binary, binary, matMul, matMul, gemm, split, concat],
  ...[clip, reshape, constants, constants, normalise, softmax, localFunction, sequence, loop, scan],
  ...exactSteps,
];

/** Every step: also those that compare and round, where another rounding gives another result. */
export const randomSteps: readonly Step[] = [...continuousSteps, where, integers, topK, branch];

import {batchNetwork, checkBatches, numbers} from '../../../../support/batch-case.js';
import {tensorOf} from '../../../../support/tensor-of.js';

const along = /it works along the batch/;
const ints = {zero: 0, zeros: [0], ones: [1], threes: [3], end: [2 ** 31 - 1]};
const on = (more = {}) => batchNetwork('n', {...ints, ...more});
/** [4, n, 6] */
const turned = (more = {}) => on(more).node('Transpose', 'x', 't', {perm: [1n, 0n, 2n]});
const back = {perm: [1n, 0n, 2n]};

checkBatches({
  'Transpose there and back keeps requests apart': [
    turned().node('Tanh', 't', 'h').node('Transpose', 'h', 'y', back),
  ],
  'Softmax, ReduceMean, TopK and CumSum beside the batch keep requests apart': [
    turned({two: [2]})
      .node('Softmax', 't', 'a', {axis: 0n})
      .node('CumSum', 'a zero', 'b')
      .node('TopK', 'b two', 'c indices', {axis: 2n})
      .node('ReduceMean', 'c', 'd', {axes: [0n], keepdims: 0n})
      .node('Identity', 'd', 'y'),
  ],
  'Softmax along a batch that was moved is refused': [
    turned().node('Softmax', 't', 'h', {axis: 1n}).node('Transpose', 'h', 'y', back),
    along,
  ],
  'Softmax before opset 13 works along all axes from one on': [
    turned().opset('', 12).node('Softmax', 't', 'h', {axis: 0n}).node('Transpose', 'h', 'y', back),
    along,
  ],
  'LayerNormalization that begins at the batch is refused': [
    turned()
      .initializer('w', tensorOf('f32', [1, 6], numbers(6, 1)))
      .node('LayerNormalization', 't w', 'h', {axis: 1n})
      .node('Transpose', 'h', 'y', back),
    along,
  ],
  'ReduceSum along the batch is refused': [
    on().node('ReduceSum', 'x zeros', 'r').node('Add', 'x r', 'y'),
    along,
  ],
  'ArgMax along the batch is refused': [
    on()
      .node('ArgMax', 'x', 'a', {axis: 0n})
      .node('Cast', 'a', 'f', {to: 1n})
      .node('Add', 'x f', 'y'),
    along,
  ],
  'CumSum along the batch is refused': [on().node('CumSum', 'x zero', 'y'), along],
  'Trilu of matrices in a batch keeps requests apart': [on().node('Trilu', 'x', 'y')],
  'Trilu of what has the batch in its matrices is refused': [
    turned().node('Trilu', 't', 'h').node('Transpose', 'h', 'y', back),
    along,
  ],
  'Unsqueeze and Squeeze in front of the batch keep requests apart': [
    on().node('Unsqueeze', 'x zeros', 'u').node('Tanh', 'u', 'h').node('Squeeze', 'h zeros', 'y'),
  ],
  'Squeeze of the batch of one is refused': [
    batchNetwork(1, ints).node('Squeeze', 'x zeros', 's').node('Unsqueeze', 's zeros', 'y'),
    /\(Squeeze\): it takes the batch away/,
  ],
  'Squeeze of all axes of one may take the batch, and is refused': [
    batchNetwork(1, ints).node('Squeeze', 'x', 's').node('Unsqueeze', 's zeros', 'y'),
    /\(Squeeze\): its axes are not said/,
  ],
  'Concat and Split beside the batch keep requests apart': [
    turned()
      .node('Concat', 't t', 'c', {axis: 0n})
      .node('Split', 'c', 'a b', {axis: 2n})
      .node('Add', 'a b', 's')
      .node('Transpose', 's', 'y', back),
  ],
  'Concat along the batch is refused': [
    on()
      .node('Concat', 'x x', 'c', {axis: 0n})
      .node('ReduceMax', 'c', 'y', {axes: [1n]}),
    along,
  ],
  'Concat with what is the same for all is refused': [
    batchNetwork(1)
      .initializer('token', tensorOf('f32', [1, 1, 6], numbers(6, 1)))
      .node('Concat', 'token x', 'y', {axis: 1n}),
    /\(Concat\): it joins the batch with what is the same for all/,
  ],
  'Slice beside the batch, and of all of it, keeps requests apart': [
    on().node('Slice', 'x ones threes ones', 'a').node('Slice', 'a zeros end zeros', 'y'),
  ],
  'Slice of the batch is refused': [
    on().node('Slice', 'x zeros ones zeros', 'y'),
    /\(Slice\): it takes a part of the batch/,
  ],
  'Slice that leaves out the end of the batch is refused': [
    on({minus: [-1]}).node('Slice', 'x zeros minus zeros', 'y'),
    /\(Slice\): it takes a part of the batch/,
  ],
  'Gather beside the batch keeps requests apart': [
    turned().node('Gather', 't zero', 'g', {axis: 0n}).node('Identity', 'g', 'y'),
  ],
  'Gather along the batch is refused': [on().node('Gather', 'x zeros', 'y'), along],
  'Gather of rows by rows is refused': [
    on().input('at', 'i64', ['n']).node('Gather', 'x at', 'y', {axis: 1n}),
    /data and indices both depend on the request/,
  ],
  'GatherElements takes from the own row': [
    on().input('at', 'i64', ['n', 4, 2]).node('GatherElements', 'x at', 'y', {axis: 2n}),
  ],
  'OneHot of rows keeps requests apart': [
    on({depth: 3, values: [0, 1]})
      .node('ArgMax', 'x', 'a', {axis: 1n, keepdims: 0n})
      .node('OneHot', 'a depth values', 'o', {axis: 1n})
      .node('Cast', 'o', 'y', {to: 1n}),
  ],
  'Pad beside the batch keeps requests apart': [
    on({pads: [0, 1, 0, 0, 0, 2]}).node('Pad', 'x pads', 'y'),
  ],
  'Pad of the batch is refused': [
    on({pads: [1, 0, 0, 0, 0, 0]}).node('Pad', 'x pads', 'y'),
    /\(Pad\): it pads the batch/,
  ],
});

import {batchNetwork, checkBatches} from '../../../../support/batch-case.js';

const ints = {zero: 0, one: 1, zeros: [0], ones: [1], twos: [2], rest: [-1], end: [2 ** 31 - 1]};
const shaped = (more = {}) => batchNetwork('n', {...ints, ...more}).node('Shape', 'x', 's');
const viewed = (builder: ReturnType<typeof shaped>) => builder.node('Reshape', 'x shape', 'y');

checkBatches({
  'Split of a shape is followed': [
    viewed(
      shaped()
        .node('Split', 's', 'a b c')
        .node('Mul', 'b c', 'd')
        .node('Concat', 'a d', 'shape', {axis: 0n}),
    ),
  ],
  'Shape of some axes only is followed': [
    viewed(
      batchNetwork('n', ints)
        .opset('', 18)
        .node('Shape', 'x', 'a', {start: 0n, end: 1n})
        .node('Concat', 'a rest', 'shape', {axis: 0n}),
    ),
  ],
  'products and quotients of sizes are followed': [
    viewed(
      shaped()
        .node('Slice', 's zeros ones', 'n')
        .node('Slice', 's ones twos', 'four')
        .node('Mul', 'n four', 'a')
        .node('Div', 'a twos', 'b')
        .node('Add', 'b b', 'c')
        .node('Div', 'c four', 'd')
        .node('Concat', 'd rest', 'shape', {axis: 0n}),
    ),
  ],
  'Size and ReduceProd of a shape are followed': [
    viewed(
      shaped({six: [6]})
        .node('Size', 'x', 'all')
        .node('Slice', 's ones end', 'others')
        .node('ReduceProd', 'others', 'each', {keepdims: 1n})
        .node('Div', 'all each', 'n')
        .node('Concat', 'n each', 'shape', {axis: 0n}),
    ),
  ],
  'casts between whole numbers are followed': [
    viewed(
      shaped()
        .node('Cast', 's', 'i', {to: 6n})
        .node('Gather', 'i zeros', 'g')
        .node('Cast', 'g', 'l', {to: 7n})
        .node('Concat', 'l rest', 'shape', {axis: 0n}),
    ),
  ],
  'a shape that is turned around and back is followed': [
    viewed(
      shaped({minus: [-1], least: [-(2 ** 31)]})
        .node('Slice', 's minus least zeros minus', 'r')
        .node('Slice', 'r minus least zeros minus', 'shape'),
    ),
  ],
  'sizes of other axes may be anything that is the same for all': [
    batchNetwork('n', ints)
      .node('Shape', 'x', 's')
      .node('Gather', 's one', 'g')
      .node('Cast', 'g', 'f', {to: 1n})
      .node('Sqrt', 'f', 'r')
      .node('Div', 'x r', 'y'),
  ],
  'a number of requests that has been through floating point is followed no further': [
    viewed(
      shaped()
        .node('Gather', 's zeros', 'g')
        .node('Cast', 'g', 'f', {to: 1n})
        .node('Cast', 'f', 'l', {to: 7n})
        .node('Concat', 'l rest', 'shape', {axis: 0n}),
    ),
    /\(Reshape\): it computes with the number of requests/,
  ],
  'to divide by the number of requests is refused': [
    shaped()
      .node('Gather', 's zeros', 'g')
      .node('Cast', 'g', 'f', {to: 1n})
      .node('Div', 'x f', 'y'),
    /\(Div\): it computes with the number of requests/,
  ],
  'to look up by the number of requests is refused': [
    shaped()
      .node('Gather', 's zero', 'g')
      .node('Sub', 'g one', 'last')
      .node('Gather', 'x last', 'y', {axis: 1n}),
    /\(Gather\): it computes with the number of requests/,
  ],
  'an operation that no rule knows may not see the number of requests': [
    shaped()
      .node('Gather', 's zeros', 'g')
      .node('CumSum', 'g zero', 'b')
      .node('Cast', 'b', 'f', {to: 1n})
      .node('Mul', 'x f', 'y'),
    /\(CumSum\): it computes with the number of requests/,
  ],
});

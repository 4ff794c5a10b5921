import {drawn, drawnAs, fixed, type InputSpec, type OperationCase} from '../operation-case.js';

const shapes: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [2, 3],
    [2, 3],
  ],
  [
    [2, 3, 4],
    [3, 1],
  ],
  [[4], [2, 1, 4]],
  [[], [2, 2]],
  [
    [0, 3],
    [1, 3],
  ],
];

function both(type: string, least = -3, most = 3, opset = 17): readonly OperationCase[] {
  return shapes.map(([a, b]) => ({
    type,
    opset,
    inputs: [drawn(a, least, most), drawn(b, least, most)],
  }));
}

function one(
  type: string,
  {input = drawn([2, 3, 4]), opset = 17, attributes = [{}]}: Partial<UnaryCase> = {},
): readonly OperationCase[] {
  return attributes.map(each => ({type, opset, inputs: [input], attributes: each}));
}

interface UnaryCase {
  readonly input: InputSpec;
  readonly opset: number;
  readonly attributes: readonly NonNullable<OperationCase['attributes']>[];
}

const positive = drawn([2, 3, 4], 0.1, 4);
const withinOne = drawn([3, 4], -0.95, 0.95);
const halves = drawn([40], -6, 6);
const bools = [drawnAs('bool', [2, 3]), drawnAs('bool', [3])];

/** Operations that work element by element. */
export const elementwiseCases: readonly OperationCase[] = [
  ...['Add', 'Sub', 'Mul', 'Less', 'Greater', 'LessOrEqual', 'GreaterOrEqual', 'Equal'].flatMap(
    type => both(type),
  ),
  ...['Add', 'Sub', 'Mul'].flatMap(type => both(type, -3, 3, 13)),
  ...both('Div', 1, 9, 13),
  ...both('Div', 1, 9),
  ...both('Mod', 1, 9).map(each => ({...each, attributes: {fmod: 1n}})),
  {type: 'Mod', inputs: [fixed('i32', [-7, 7, -7, 7]), fixed('i32', [3, -3, -3, 3])]},
  {type: 'Mod', inputs: [fixed('u64', [200, 7]), fixed('u64', [3, 9])]},
  {type: 'Mod', inputs: [fixed('u8', [200, 7]), fixed('u8', [3, 9])]},
  {type: 'Mod', inputs: [fixed('i64', [-7, 7, -7, 7]), fixed('i64', [3, -3, -3, 3])]},
  ...both('Pow', 0, 3),
  ...both('Pow', 0.5, 3, 11),
  {type: 'Pow', inputs: [drawnAs('i32', [4], 0, 4), drawnAs('f32', [4], 0, 2)]},
  {type: 'Pow', inputs: [drawnAs('f32', [4], 0, 4), drawnAs('i64', [4], 0, 3)]},
  ...['Max', 'Min', 'Sum', 'Mean'].flatMap(type => [
    {type, inputs: [drawn([2, 3])]},
    {type, inputs: [drawn([2, 3]), drawn([3]), drawn([2, 1])]},
  ]),
  ...['Max', 'Min'].map(type => ({type, opset: 11, inputs: [drawn([2, 3]), drawn([3])]})),
  {type: 'PRelu', inputs: [drawn([2, 3, 4]), drawn([3, 1])]},
  ...['LEFT', 'RIGHT'].map(direction => ({
    type: 'BitShift',
    attributes: {direction},
    inputs: [drawn([6], 0, 200), drawn([6], 0, 7)],
  })),
  ...['And', 'Or', 'Xor'].map(type => ({type, inputs: bools})),
  {type: 'Where', inputs: [drawnAs('bool', [2, 1, 3]), drawn([4, 1]), drawn([3])]},
  ...['Abs', 'Neg', 'Sign', 'Relu', 'HardSwish'].flatMap(type => one(type)),
  ...one('LeakyRelu', {attributes: [{}, {alpha: 0.3}]}),
  ...one('Elu', {attributes: [{}, {alpha: 0.3}]}),
  ...one('Celu', {attributes: [{}, {alpha: 2.5}]}),
  ...one('Selu', {attributes: [{}, {alpha: 1.2, gamma: 0.9}]}),
  ...one('ThresholdedRelu', {attributes: [{}, {alpha: 0.3}]}),
  ...one('HardSigmoid', {attributes: [{}, {alpha: 0.5, beta: 0.1}]}),
  ...one('Shrink', {attributes: [{}, {bias: 0.2, lambd: 1.1}]}),
  ...one('Mish', {opset: 18}),
  ...one('Gelu', {opset: 20, attributes: [{}, {approximate: 'tanh'}]}),
  ...['Sigmoid', 'Softplus', 'Softsign', 'Tanh', 'Exp', 'Erf', 'Sin', 'Cos', 'Tan'].flatMap(type =>
    one(type),
  ),
  ...['Atan', 'Sinh', 'Cosh', 'Asinh', 'Ceil', 'Floor'].flatMap(type => one(type)),
  ...['Log', 'Sqrt', 'Reciprocal'].flatMap(type => one(type, {input: positive})),
  ...['Asin', 'Acos', 'Atanh'].flatMap(type => one(type, {input: withinOne})),
  ...one('Acosh', {input: drawn([3, 4], 1, 5)}),
  ...one('Round', {input: halves}),
  {type: 'Round', inputs: [fixed('f32', [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])]},
  {type: 'Not', inputs: [drawnAs('bool', [7])]},
  {type: 'IsNaN', inputs: [{...drawn([3]), values: [Number.NaN, 1, Infinity]}]},
  ...[{}, {detect_negative: 0n}, {detect_positive: 0n}].map(attributes => ({
    type: 'IsInf',
    attributes,
    inputs: [{...drawn([4]), values: [-Infinity, Infinity, Number.NaN, 1]}],
  })),
  ...one('Clip', {opset: 10, attributes: [{}, {min: -0.5, max: 0.5}]}),
  {type: 'Clip', opset: 11, inputs: [drawn([9]), drawn([], -1, -1), undefined]},
  {type: 'Clip', inputs: [drawn([9], -5, 5)]},
  {type: 'Clip', inputs: [drawn([9], -5, 5), drawn([], 1, 1), drawn([], 2, 2)]},
  {type: 'Clip', inputs: [drawn([9], -5, 5), undefined, drawn([], 2, 2)]},
];

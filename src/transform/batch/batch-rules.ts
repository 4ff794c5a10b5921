import {intAttribute, intsAttribute} from '../../network/node-attribute.js';
import type {BatchedNode, BatchRule} from './batched-node.js';
import {reshapeRule} from './reshape-rule.js';

/** Every output row is made of the input's row alone. */
const byRow: BatchRule = () => undefined;

/** Data in the first input; all others are the same for every request. */
const dataFirst: BatchRule = ({batched}) =>
  batched.every((is, at) => is === (at === 0)) ? undefined : 'its weights depend on the request';

/** Broadcasts its operands: the batch must be the first axis of the result too. */
const broadcast: BatchRule = of => {
  const {batched, outputRank} = of;
  for (const [at, is] of batched.entries()) {
    const rank = of.rankOf(at);
    if (rank === undefined || outputRank === undefined) return 'the rank of an operand is unknown';
    if (is && rank !== outputRank) return 'it aligns the batch with another axis';
    if (!is && rank === outputRank && rank > 0 && of.firstDimensionOf(at) !== 1) {
      return 'an operand has values for a batch of its own';
    }
  }
  return undefined;
};

function constantInts(of: BatchedNode, input: number): readonly number[] | undefined {
  const tensor = of.constantOf(input);
  return tensor === undefined ? undefined : Array.from(tensor.data as ArrayLike<bigint>, Number);
}

/** Works along one axis, which must not be the batch. */
function alongAxis(otherwise: number, attribute = 'axis'): BatchRule {
  return of => {
    const first = dataFirst(of);
    return first ?? axisFault(of, intAttribute(of.node, attribute, otherwise));
  };
}

function axisFault(of: BatchedNode, axis: number): string | undefined {
  const rank = of.rankOf(0);
  if (rank === undefined) return 'the rank of its data is unknown';
  return axis === 0 || axis === -rank ? 'it works along the batch' : undefined;
}

/** Works along axes, of an attribute or, from some opset on, of an input. */
function alongAxes(input: number, whenAbsent: 'all' | readonly number[] = 'all'): BatchRule {
  return of => {
    const fault = dataFirst(of);
    if (fault !== undefined) return fault;
    const given = intsAttribute(of.node, 'axes') ?? constantInts(of, input);
    const hasInput = (of.node.input[input] ?? '') !== '';
    if (given === undefined && hasInput) return 'its axes are computed';
    const axes = given ?? whenAbsent;
    if (axes === 'all' || (axes.length === 0 && whenAbsent === 'all')) {
      return 'it works along all axes, the batch too';
    }
    return axes.map(axis => axisFault(of, axis)).find(Boolean);
  };
}

const unsqueeze: BatchRule = of => {
  const axes = intsAttribute(of.node, 'axes') ?? constantInts(of, 1);
  if (axes === undefined) return 'its axes are computed';
  const rank = (of.rankOf(0) ?? Number.NaN) + axes.length;
  return axes.some(axis => axis === 0 || axis === -rank) ? 'it moves the batch' : undefined;
};

const transpose: BatchRule = of =>
  intsAttribute(of.node, 'perm')?.[0] === 0 ? undefined : 'it moves the batch';

const concat: BatchRule = of => {
  if (!of.batched.every(Boolean)) return 'it joins the batch with what is the same for all';
  return axisFault(of, intAttribute(of.node, 'axis', 0));
};

const gather: BatchRule = of => {
  const [data, indices] = of.batched;
  const axis = intAttribute(of.node, 'axis', 0);
  if (data && indices) return 'data and indices both depend on the request';
  if (data) return axisFault(of, axis);
  return axis === 0 ? undefined : 'its indices put the batch behind another axis';
};

const matMul: BatchRule = of => {
  const [a, b] = of.batched;
  const [rankA, rankB] = [of.rankOf(0), of.rankOf(1)];
  if (rankA === undefined || rankB === undefined) return 'the rank of an operand is unknown';
  if (a && b) return rankA === rankB && rankA > 2 ? undefined : 'it multiplies requests together';
  const [data, other] = a ? [rankA, 1] : [rankB, 0];
  if (!a && data < 3) return 'it sums over the batch';
  const others = of.rankOf(other) ?? 0;
  if (others > data) return 'it aligns the batch with another axis';
  const aligned = others === data && data > 2;
  return aligned && of.firstDimensionOf(other) !== 1
    ? 'an operand has values for a batch of its own'
    : undefined;
};

const gemm: BatchRule = of => {
  const first = dataFirst(of);
  if (first !== undefined) return first;
  if (intAttribute(of.node, 'transA', 0) !== 0) return 'it sums over the batch';
  const aligned = of.rankOf(2) === 2 && of.firstDimensionOf(2) !== 1;
  return aligned ? 'an operand has values for a batch of its own' : undefined;
};

const pad: BatchRule = of => {
  const pads = intsAttribute(of.node, 'pads') ?? constantInts(of, 1);
  if (pads === undefined || (of.node.input[3] ?? '') !== '') return 'its pads are computed';
  return pads[0] === 0 && pads[pads.length / 2] === 0 ? undefined : 'it pads the batch';
};

const slice: BatchRule = of => {
  const fault = dataFirst(of);
  if (fault !== undefined) return fault;
  const axes = intsAttribute(of.node, 'axes') ?? constantInts(of, 3);
  if (axes === undefined) return 'its axes are not said';
  return axes.map(axis => axisFault(of, axis)).find(Boolean);
};

const resize: BatchRule = of => {
  const scales = of.constantOf(of.opset < 11 ? 1 : 2);
  if (scales === undefined || scales.data.length === 0) return 'it is given sizes, not scales';
  return Number(scales.data[0]) === 1 ? undefined : 'it scales the batch';
};

const expand: BatchRule = of => {
  const shape = constantInts(of, 1);
  if (shape === undefined) return 'its shape is computed';
  const rank = of.rankOf(0) ?? 0;
  if (shape.length > rank) return 'it moves the batch';
  return shape.length === rank && shape[0] !== 1 ? 'it repeats the batch' : undefined;
};

const flatten: BatchRule = of =>
  intAttribute(of.node, 'axis', 1) === 1 ? undefined : 'it joins the batch with other axes';

const squeezeRule: BatchRule = alongAxes(1);

const maxPool: BatchRule = of =>
  of.node.output.filter(Boolean).length > 1 ? 'its indices count over the batch' : undefined;

/** Softmax works along all axes from `axis` on before opset 13, along one since. */
const softmax: BatchRule = of => alongAxis(of.opset < 13 ? 1 : -1)(of);

const quantize: BatchRule = of => {
  const fault = dataFirst(of);
  if (fault !== undefined) return fault;
  const perAxis = (of.rankOf(1) ?? 0) > 0;
  return perAxis ? axisFault(of, intAttribute(of.node, 'axis', 1)) : undefined;
};

const each = (names: string, rule: BatchRule) =>
  names
    .split(/\s+/)
    .filter(Boolean)
    .map((name): [string, BatchRule] => [name, rule]);

/** By operation; one that is not here may mix requests, so a network with it takes no batch. */
export const batchRules: ReadonlyMap<string, BatchRule> = new Map([
  ...each(
    `Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Cast Ceil Celu Cos Cosh DepthToSpace Elu Erf
    Exp Floor Gelu GlobalAveragePool GlobalMaxPool GlobalLpPool HardSigmoid HardSwish Identity
    AveragePool LpPool IsInf IsNaN LRN LeakyRelu Log Mish Neg Not Reciprocal Relu Round Selu Shrink
    Sigmoid Sign Sin Sinh Softplus Softsign SpaceToDepth Sqrt Tan Tanh ThresholdedRelu`,
    byRow,
  ),
  ...each(
    `Add And BitwiseAnd BitwiseOr BitwiseXor Div Equal Greater GreaterOrEqual Less LessOrEqual Max
    Mean Min Mod Mul Or PRelu Pow Sub Sum Where Xor`,
    broadcast,
  ),
  ...each(
    `BatchNormalization Clip Conv ConvInteger ConvTranspose Dropout GroupNormalization
    InstanceNormalization QLinearConv`,
    dataFirst,
  ),
  ...each(
    `ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd
    ReduceSum ReduceSumSquare`,
    alongAxes(1),
  ),
  ...each('MeanVarianceNormalization', alongAxes(1, [0, 2, 3])),
  ...each('Softmax LogSoftmax Hardmax', softmax),
  ...each('ArgMax ArgMin', alongAxis(0)),
  ...each('Split', alongAxis(0)),
  ...each('LayerNormalization LpNormalization TopK', alongAxis(-1)),
  ...each('QuantizeLinear DequantizeLinear', quantize),
  ...each('MatMul MatMulInteger', matMul),
  ['Gemm', gemm],
  ['MaxPool', maxPool],
  ['Transpose', transpose],
  ['Reshape', reshapeRule],
  ['Flatten', flatten],
  ['Concat', concat],
  ['Gather', gather],
  ['Squeeze', squeezeRule],
  ['Unsqueeze', unsqueeze],
  ['Pad', pad],
  ['Slice', slice],
  ['Resize', resize],
  ['Upsample', resize],
  ['Expand', expand],
]);

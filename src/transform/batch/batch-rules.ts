import {intAttribute} from '../../network/node-attribute.js';
import {
  alongAxesFrom,
  alongAxis,
  concat,
  cumulate,
  findAlong,
  gather,
  gatherElements,
  oneHot,
  onMatrices,
  pad,
  reduce,
  slice,
  softmax,
  squeeze,
  transpose,
  unsqueeze,
} from './axis-rules.js';
import {type BatchRule, fromFront, keepsShape, rowsAlone, unknownRank} from './batched-node.js';
import {shapeRule, sizeRule} from './count-rules.js';
import {einsum} from './einsum-rule.js';
import {broadcast, gemm, matMul} from './product-rules.js';
import {recurrent} from './recurrent-rule.js';
import {flattenRule, reshapeRule} from './reshape-rule.js';
import {resize} from './resize-rule.js';
import {expand, range, tile} from './spread-rules.js';

/** Every element of the result is made of the element in its place alone. */
const byElement: BatchRule = keepsShape(rowsAlone);

/** Works on each row of the first axis. */
const byRow: BatchRule = of => {
  const data = rowsAlone(of);
  if (typeof data === 'string' || data.axis === 0) return data;
  return 'it takes another axis for the batch';
};

/** In training it computes means over the batch. */
const batchNormalization: BatchRule = of => {
  const outputs = of.node.output.filter(Boolean).length;
  const trains = intAttribute(of.node, 'training_mode', 0) !== 0 || outputs > 1;
  return trains ? 'it normalises over the batch' : byRow(of);
};

/** Its scale and bias are those of the axes that it works along. */
const layerNormalization: BatchRule = of => {
  const rank = of.rankOf(0);
  if (rank === undefined) return unknownRank;
  const along = rank - fromFront(intAttribute(of.node, 'axis', -1), rank);
  const fits = (at: number) => of.input(at) === undefined || Number(of.rankOf(at)) <= along;
  return fits(1) && fits(2) ? alongAxesFrom(-1)(of) : 'it has values for a batch of its own';
};

const maxPool: BatchRule = of =>
  of.node.output.filter(Boolean).length > 1 ? 'its indices count over the batch' : byRow(of);

const meanVariance: BatchRule = of => {
  const data = byRow(of);
  const axes = of.node.attribute.find(({name}) => name === 'axes')?.ints.map(Number);
  const rank = of.rankOf(0);
  if (rank === undefined) return unknownRank;
  const along = (axes ?? [0, 2, 3]).map(axis => fromFront(axis, rank));
  return along.includes(0) ? 'it works along the batch' : data;
};

const quantize: BatchRule = of => {
  const rank = of.rankOf(1);
  const scales = of.input(1);
  if (scales === undefined || rank === undefined) return unknownRank;
  if (rank > 1) return 'it has scales for blocks of the batch';
  const single = scales.kind === 'counts' && scales.counts.length === 1;
  return rank === 0 || single ? byElement(of) : keepsShape(alongAxis(1))(of);
};

const each = (names: string, rule: BatchRule) =>
  names
    .split(/\s+/)
    .filter(Boolean)
    .map((name): [string, BatchRule] => [name, rule]);

/**
 * By operation, where at least one input holds rows of the batch; an operation that is not here may
 * mix requests, so a network with it takes no batch.
 */
export const batchRules: ReadonlyMap<string, BatchRule> = new Map([
  ...each(
    `Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Cast CastLike Ceil Celu Clip Cos Cosh Dropout
    Elu Erf Exp Floor Gelu HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Log Mish Neg Not
    Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Tan Tanh
    ThresholdedRelu`,
    byElement,
  ),
  ...each(
    `AveragePool Conv ConvInteger ConvTranspose DepthToSpace GlobalAveragePool GlobalLpPool
    GlobalMaxPool GroupNormalization InstanceNormalization LRN LpPool QLinearConv SpaceToDepth`,
    byRow,
  ),
  ...each(
    `Add And BitwiseAnd BitwiseOr BitwiseXor Div Equal Greater GreaterOrEqual Less LessOrEqual Max
    Mean Min Mod Mul Or PRelu Pow Sub Sum Where Xor`,
    broadcast,
  ),
  ...each(
    `ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd
    ReduceSum ReduceSumSquare`,
    reduce,
  ),
  ...each('Softmax LogSoftmax Hardmax', keepsShape(softmax)),
  ...each('ArgMax ArgMin', findAlong),
  ...each('Split', alongAxis(0)),
  ...each('LpNormalization TopK', alongAxis(-1)),
  ...each('LayerNormalization', keepsShape(layerNormalization)),
  ...each('QuantizeLinear DequantizeLinear', quantize),
  ...each('MatMul MatMulInteger', matMul),
  ...each('RNN GRU LSTM', recurrent),
  ...each('Resize Upsample', resize),
  ['BatchNormalization', keepsShape(batchNormalization)],
  ['Concat', concat],
  ['CumSum', cumulate],
  ['Einsum', einsum],
  ['Expand', expand],
  ['Flatten', flattenRule],
  ['Gather', gather],
  ['GatherElements', gatherElements],
  ['Gemm', gemm],
  ['MaxPool', maxPool],
  ['MeanVarianceNormalization', meanVariance],
  ['OneHot', oneHot],
  ['Pad', pad],
  ['Range', range],
  ['Reshape', reshapeRule],
  ['Shape', shapeRule],
  ['Size', sizeRule],
  ['Slice', slice],
  ['Squeeze', squeeze],
  ['Tile', tile],
  ['Transpose', transpose],
  ['Trilu', onMatrices],
  ['Unsqueeze', unsqueeze],
]);

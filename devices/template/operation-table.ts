import {elementTypes} from '../../schemas/element-type.js';
import type {Claim, ClaimOptions} from '../../src/plugin/graph/claim.js';
import type {KernelBuilder} from '../../src/plugin/graph/kernel.js';
import {OperationTable} from '../../src/plugin/graph/operation-table.js';
import type {Combination} from './broadcast.js';
import {computes, moves} from './claims.js';
import {roundHalfEven} from './half-float.js';
import * as activations from './kernels/activations.js';
import {argMax, argMin} from './kernels/arg-extreme.js';
import * as arithmetic from './kernels/arithmetic.js';
import {average, binary, comparison, variadic} from './kernels/binary.js';
import {cast, castLike, castTarget} from './kernels/cast.js';
import {clip, clipBetweenAttributes} from './kernels/clip.js';
import * as comparisons from './kernels/comparisons.js';
import {concat} from './kernels/concat.js';
import {constant, constantOfShape, constantValue, range} from './kernels/constant.js';
import {conv} from './kernels/conv.js';
import {cumulativeSum} from './kernels/cumulative-sum.js';
import {depthToSpace, spaceToDepth} from './kernels/depth-to-space.js';
import {dropout} from './kernels/dropout.js';
import {erf} from './kernels/erf.js';
import {expand, tile} from './kernels/expand.js';
import {gather, gatherElements, gatherNd} from './kernels/gather.js';
import {gemm} from './kernels/gemm.js';
import {localResponse} from './kernels/local-response.js';
import {matmul} from './kernels/matmul.js';
import * as normalization from './kernels/normalization.js';
import {oneHot} from './kernels/one-hot.js';
import {pad, padByAttributes} from './kernels/pad.js';
import {averagePool, globalPool, maxPool} from './kernels/pool.js';
import {pow} from './kernels/pow.js';
import * as quantization from './kernels/quantize.js';
import {reduce} from './kernels/reduce.js';
import * as reductions from './kernels/reductions.js';
import {flatten, identity, reshape, squeeze, unsqueeze} from './kernels/reshape.js';
import {resize} from './kernels/resize.js';
import {shapeOf, size} from './kernels/shape.js';
import {absolute, negation, sign} from './kernels/sign.js';
import {slice, sliceByAttributes} from './kernels/slice.js';
import * as softmax from './kernels/softmax.js';
import {split} from './kernels/split.js';
import {transpose} from './kernels/transpose.js';
import {trilu} from './kernels/trilu.js';
import {predicate, unary, unaryWith} from './kernels/unary.js';
import {where} from './kernels/where.js';

const [f16, f32, f64] = ['f16', 'f32', 'f64'] as const;
const [i8, i16, i32, i64] = ['i8', 'i16', 'i32', 'i64'] as const;
const [u8, u16, u32, u64] = ['u8', 'u16', 'u32', 'u64'] as const;

/** What a variable stands for. */
const any = {sets: {T: elementTypes}};
const anyAt = {sets: {T: elementTypes, I: [i32, i64]}};
const numbers = {sets: {T: elementTypes.filter(type => type !== 'string')}};
const numbersAt = {sets: {...numbers.sets, I: [i32, i64]}};
const arithmetical = {sets: {T: [f32, f64, f16, i32, i64]}};
const calculable = {sets: {T: [f32, f64, f16, i8, i16, i32, i64, u8, u16, u32, u64]}};
const comparable = {sets: {T: [f32, f64, f16, i8, i32, i64, u8, u32, u64]}};
const floats = {sets: {T: [f32, f64, f16]}};
const single = {sets: {T: [f32]}};
const half = {sets: {T: [f32, f16]}};
const reduced = {sets: {T: [f32, f64, i32]}};
const reducedWide = {sets: {T: [f32, f64, i32, i64]}};

/** Every operation that TEMPLATE runs: since which operator set, on which types, and how. */
export const operationTable = new OperationTable([
  // Two inputs or more, element by element, broadcast to one shape.
  ...calculating('Add', arithmetic.addition),
  ...calculating('Sub', arithmetic.subtraction),
  ...calculating('Mul', arithmetic.multiplication),
  ...calculating('Div', arithmetic.division),
  computes('Mod', 10, '(T, T) -> T', arithmetic.mod, calculable),
  computes('Pow', 7, '(T, T) -> T', pow, {until: 11, sets: {T: [f32, f64]}}),
  computes('Pow', 12, '(T, U) -> T', pow, {
    sets: {T: [f32, f64, i32, i64], U: [f32, f64, i32, i64]},
  }),
  computes('Max', 6, '(T...) -> T', variadic(arithmetic.maximum), {until: 11, ...floats}),
  computes('Max', 12, '(T...) -> T', variadic(arithmetic.maximum), comparable),
  computes('Min', 6, '(T...) -> T', variadic(arithmetic.minimum), {until: 11, ...floats}),
  computes('Min', 12, '(T...) -> T', variadic(arithmetic.minimum), comparable),
  computes('Sum', 6, '(T...) -> T', variadic(arithmetic.addition), floats),
  computes('Mean', 6, '(T...) -> T', average, half),
  computes('PRelu', 7, '(T, T) -> T', binary(arithmetic.slope), floats),
  moves('BitShift', 11, '(T, T) -> T', arithmetic.bitShift, {sets: {T: ['u8', 'u32', 'u64']}}),
  moves('And', 7, '(bool, bool) -> bool', comparison(comparisons.and)),
  moves('Or', 7, '(bool, bool) -> bool', comparison(comparisons.or)),
  moves('Xor', 7, '(bool, bool) -> bool', comparison(comparisons.xor)),
  computes('Equal', 7, '(T, T) -> bool', comparison(comparisons.equal), {
    sets: {T: [f32, f64, f16, i32, i64, 'bool']},
  }),
  computes('Less', 9, '(T, T) -> bool', comparison(comparisons.less), arithmetical),
  computes('Greater', 9, '(T, T) -> bool', comparison(comparisons.greater), arithmetical),
  computes('LessOrEqual', 12, '(T, T) -> bool', comparison(comparisons.lessOrEqual), arithmetical),
  computes(
    ...(['GreaterOrEqual', 12, '(T, T) -> bool'] as const),
    comparison(comparisons.greaterOrEqual),
    arithmetical,
  ),
  moves('Where', 9, '(bool, T, T) -> T', where, {sets: {T: [f32, f64, i32, i64, u8, 'string']}}),

  // One input, element by element.
  computes('Abs', 6, '(T) -> T', absolute, {sets: {T: [f32, f64, f16, i8, i32, i64, u8]}}),
  computes('Neg', 6, '(T) -> T', negation, {sets: {T: [f32, f64, f16, i8, i32, i64]}}),
  computes('Sign', 9, '(T) -> T', sign, {sets: {T: [f32, f64, f16, i8, i32, i64, u8]}}),
  computes('Relu', 6, '(T) -> T', unary(activations.relu), floats),
  computes('LeakyRelu', 6, '(T) -> T', unaryWith(activations.leakyRelu), half),
  computes('Elu', 6, '(T) -> T', unaryWith(activations.elu), half),
  computes('Celu', 12, '(T) -> T', unaryWith(activations.celu), single),
  computes('Selu', 6, '(T) -> T', unaryWith(activations.selu), half),
  computes('ThresholdedRelu', 10, '(T) -> T', unaryWith(activations.thresholdedRelu), half),
  computes('HardSigmoid', 6, '(T) -> T', unaryWith(activations.hardSigmoid), half),
  computes('HardSwish', 14, '(T) -> T', unary(activations.hardSwish), half),
  computes('Mish', 18, '(T) -> T', unary(activations.mish), single),
  computes('Gelu', 20, '(T) -> T', unaryWith(activations.gelu), single),
  computes('Shrink', 9, '(T) -> T', unaryWith(activations.shrink), {sets: {T: [f32, f64]}}),
  computes('Sigmoid', 6, '(T) -> T', unary(activations.sigmoid), floats),
  computes('Softplus', 1, '(T) -> T', unary(activations.softplus), half),
  computes('Softsign', 1, '(T) -> T', unary(activations.softsign), half),
  computes('Tanh', 6, '(T) -> T', unary(Math.tanh), floats),
  computes('Exp', 6, '(T) -> T', unary(Math.exp), floats),
  computes('Log', 6, '(T) -> T', unary(Math.log), floats),
  computes('Sqrt', 6, '(T) -> T', unary(Math.sqrt), floats),
  computes('Reciprocal', 6, '(T) -> T', unary(activations.reciprocal), floats),
  computes('Erf', 9, '(T) -> T', unary(erf), half),
  computes('Ceil', 6, '(T) -> T', unary(Math.ceil), floats),
  computes('Floor', 6, '(T) -> T', unary(Math.floor), floats),
  computes('Round', 11, '(T) -> T', unary(roundHalfEven), floats),
  computes('Sin', 7, '(T) -> T', unary(Math.sin), floats),
  computes('Cos', 7, '(T) -> T', unary(Math.cos), floats),
  computes('Tan', 7, '(T) -> T', unary(Math.tan), half),
  computes('Asin', 7, '(T) -> T', unary(Math.asin), half),
  computes('Acos', 7, '(T) -> T', unary(Math.acos), half),
  computes('Atan', 7, '(T) -> T', unary(Math.atan), half),
  computes('Sinh', 9, '(T) -> T', unary(Math.sinh), half),
  computes('Cosh', 9, '(T) -> T', unary(Math.cosh), half),
  computes('Asinh', 9, '(T) -> T', unary(Math.asinh), half),
  computes('Acosh', 9, '(T) -> T', unary(Math.acosh), half),
  computes('Atanh', 9, '(T) -> T', unary(Math.atanh), half),
  moves(
    'Not',
    1,
    '(bool) -> bool',
    unary(x => 1 - x),
  ),
  computes(
    'IsNaN',
    9,
    '(T) -> bool',
    predicate(() => Number.isNaN),
    floats,
  ),
  computes('IsInf', 10, '(T) -> bool', predicate(activations.isInfinite), {sets: {T: [f32, f64]}}),
  computes('Clip', 6, '(T) -> T', clipBetweenAttributes, {until: 10, ...single}),
  computes('Clip', 11, '(T, T?, T?) -> T', clip, {until: 11, ...single}),
  computes('Clip', 12, '(T, T?, T?) -> T', clip, {
    sets: {T: [f32, f64, f16, i8, i32, i64, u8, 'u64']},
  }),

  // Many elements become one.
  ...reducing('ReduceSum', 13, reductions.sum, reducedWide),
  ...reducing('ReduceMean', 18, reductions.mean, reduced),
  ...reducing('ReduceMax', 18, reductions.largest, reducedWide),
  ...reducing('ReduceMin', 18, reductions.smallest, reducedWide),
  ...reducing('ReduceProd', 18, reductions.product, reducedWide),
  ...reducing('ReduceL1', 18, reductions.absoluteSum, reduced),
  ...reducing('ReduceL2', 18, reductions.euclidean, reduced),
  ...reducing('ReduceSumSquare', 18, reductions.squareSum, reduced),
  ...reducing('ReduceLogSum', 18, reductions.logarithm, {sets: {T: [f32, f64]}}),
  ...reducing('ReduceLogSumExp', 18, reductions.logSumExp, {sets: {T: [f32, f64]}}),
  moves('ArgMax', 1, '(T) -> i64', argMax, {sets: {T: [f32, f64, i32, i8, u8]}}),
  moves('ArgMin', 1, '(T) -> i64', argMin, {sets: {T: [f32, f64, i32]}}),
  moves('CumSum', 11, '(T, I) -> T', cumulativeSum, {
    sets: {T: [f32, f64, i32, i64], I: [i32, i64]},
  }),

  // Layers.
  computes('MatMul', 1, '(T, T) -> T', matmul, floats),
  computes('Gemm', 7, '(T, T, T?) -> T', gemm, floats),
  computes('Conv', 1, '(T, T, T?) -> T', conv, half),
  computes('MaxPool', 1, '(T) -> T, i64', maxPool, {until: 11, ...floats}),
  computes('MaxPool', 12, '(T) -> T, i64', maxPool, {sets: {T: [f32, f64, f16, i8, u8]}}),
  computes('AveragePool', 7, '(T) -> T', averagePool, half),
  computes('GlobalMaxPool', 1, '(T) -> T', globalPool('max'), half),
  computes('GlobalAveragePool', 1, '(T) -> T', globalPool('average'), half),
  ...normalizing('BatchNormalization', normalization.batchNormalization),
  computes('InstanceNormalization', 6, '(T, T, T) -> T', normalization.instanceNormalization, half),
  computes(
    'LayerNormalization',
    17,
    '(T, T, T?) -> T, f32, f32',
    normalization.layerNormalization,
    {
      sets: {T: [f32]},
    },
  ),
  computes('LRN', 1, '(T) -> T', localResponse, half),
  ...distributing('Softmax', softmax.softmax),
  ...distributing('LogSoftmax', softmax.logSoftmax),
  ...distributing('Hardmax', softmax.hardmax, single),
  moves('Dropout', 7, '(T) -> T, bool', dropout, {until: 11, ...floats}),
  moves('Dropout', 12, '(T, R?, bool?) -> T, bool', dropout, {
    sets: {T: [f32, f64, f16], R: [f32, f64, f16]},
  }),
  computes('QuantizeLinear', 10, '(f32, f32, Q?) -> Q|u8', quantization.quantizeLinear, {
    sets: {Q: [u8, i8]},
  }),
  computes('DequantizeLinear', 10, '(Q, f32, Q?) -> f32', quantization.dequantizeLinear, {
    sets: {Q: [u8, i8, i32]},
  }),
  moves('DynamicQuantizeLinear', 11, '(f32) -> u8, f32, u8', quantization.dynamicQuantizeLinear),
  moves('Resize', 11, '(T, R?, f32?, i64?) -> T', resize, {sets: {T: [f32], R: [f32, f64, f16]}}),

  // Elements are moved, chosen or made.
  moves('Identity', 1, '(T) -> T', identity, any),
  moves('Reshape', 5, '(T, i64) -> T', reshape, any),
  moves('Flatten', 1, '(T) -> T', flatten, any),
  moves('Squeeze', 1, '(T) -> T', squeeze, {until: 12, ...any}),
  moves('Squeeze', 13, '(T, i64?) -> T', squeeze, any),
  moves('Unsqueeze', 1, '(T) -> T', unsqueeze, {until: 12, ...any}),
  moves('Unsqueeze', 13, '(T, i64) -> T', unsqueeze, any),
  moves('Transpose', 1, '(T) -> T', transpose, any),
  moves('DepthToSpace', 1, '(T) -> T', depthToSpace, {sets: {T: [f32, f64, u8]}}),
  moves('SpaceToDepth', 1, '(T) -> T', spaceToDepth, {sets: {T: [f32, f64]}}),
  moves('Concat', 4, '(T...) -> T', concat, any),
  moves('Split', 2, '(T) -> T...', split, {
    until: 12,
    sets: {T: [f32, i8, i32, i64, u8, 'string']},
  }),
  moves('Split', 13, '(T, i64?) -> T...', split, {
    sets: {T: [f32, i8, i32, i64, u8, 'string']},
  }),
  moves('Slice', 1, '(T) -> T', sliceByAttributes, {until: 9, ...any}),
  moves('Slice', 10, '(T, I, I, I?, I?) -> T', slice, anyAt),
  moves('Gather', 1, '(T, I) -> T', gather, numbersAt),
  moves('GatherElements', 11, '(T, I) -> T', gatherElements, anyAt),
  moves('GatherND', 11, '(T, i64) -> T', gatherNd, any),
  moves('Expand', 8, '(T, i64) -> T', expand, {sets: {T: [f32, f64, i8, i32, i64, u8, 'bool']}}),
  moves('Tile', 6, '(T, i64) -> T', tile, {sets: {T: [f32, f64, i8, i32, i64, u8, 'bool']}}),
  moves('Pad', 2, '(T) -> T', padByAttributes, {until: 10, sets: {T: [f32, f64]}}),
  moves('Pad', 11, '(T, i64, T?) -> T', pad, {
    until: 17,
    sets: {T: [f32, f64, i8, i32, i64, u8, 'bool']},
  }),
  moves('Pad', 18, '(T, i64, T?, I?) -> T', pad, {
    sets: {T: [f32, f64, i8, i32, i64, u8, 'bool'], I: [i32, i64]},
  }),
  moves('Trilu', 14, '(T, i64?) -> T', trilu, {sets: {T: [f32, f64, i64, 'bool']}}),
  moves('OneHot', 9, '(I, D, T) -> T', oneHot, {
    sets: {I: [f32, i64], D: [f32, i64], T: [f32, i32, i64, 'string']},
  }),
  moves('Shape', 1, '(T) -> i64', shapeOf, any),
  moves('Size', 1, '(T) -> i64', size, any),
  moves('Range', 11, '(T, T, T) -> T', range, {sets: {T: [f32, f64, i32, i64]}}),
  moves('Constant', 1, '() -> attribute', constant, {typeOf: node => constantValue(node)?.type}),
  moves('ConstantOfShape', 9, '(i64) -> attribute', constantOfShape, {
    typeOf: node => node.tensor('value')?.type,
  }),
  moves('Cast', 6, '(T) -> attribute', cast, {...any, typeOf: castTarget}),
  moves('CastLike', 15, '(T, U) -> U', castLike, {sets: {...any.sets, U: any.sets.T}}),
]);

/** Two inputs into one, from operator set 14 on of every type of numbers. */
function calculating(type: string, combination: Combination): readonly Claim[] {
  return [
    computes(type, 7, '(T, T) -> T', binary(combination), {until: 13, ...arithmetical}),
    computes(type, 14, '(T, T) -> T', binary(combination), calculable),
  ];
}

/** By mean and variance, which from operator set 14 on may be those of the batch. */
function normalizing(type: string, build: KernelBuilder): readonly Claim[] {
  const options = {sets: {T: [f32, f64]}};
  return [
    computes(type, 7, '(T, T, T, T, T) -> T', build, {until: 13, ...options}),
    computes(type, 14, '(T, T, T, T, T) -> T, T, T', build, options),
  ];
}

/** A reduction whose axes are an attribute before operator set `axesInputSince`, then an input. */
function reducing(
  type: string,
  axesInputSince: number,
  reduction: reductions.Reduction,
  options: ClaimOptions,
): readonly Claim[] {
  const build = reduce(reduction, axesInputSince);
  return [
    computes(type, 1, '(T) -> T', build, {...options, until: axesInputSince - 1}),
    computes(type, axesInputSince, '(T, i64?) -> T', build, options),
  ];
}

/** Over all axes from one on up to operator set 12, along one axis from 13 on. */
function distributing(
  type: string,
  distribution: softmax.Distribution,
  options: ClaimOptions = floats,
): readonly Claim[] {
  return [
    computes(type, 1, '(T) -> T', softmax.distributeFrom(distribution), {...options, until: 12}),
    computes(type, 13, '(T) -> T', softmax.distribute(distribution), options),
  ];
}

import type {Dimension, TensorData} from '../../schemas/tensor.js';
import {NetworkBuilder} from './network-builder.js';
import {tensorOf} from './tensor-of.js';

/** Float32 elements in one row, or in rows of `width`. */
export function floats(values: readonly number[], width?: number): TensorData {
  const shape = width === undefined ? [values.length] : [values.length / width, width];
  return tensorOf('f32', shape, values);
}

/**
 *     x -> Mul 2 -> doubled -> Add 1 (named 'shift') -> y        y = 2x + 1
 */
export function line(shape: readonly Dimension[] = ['batch', 2]): Uint8Array {
  return new NetworkBuilder('line')
    .input('x', 'f32', shape)
    .initializer('two', tensorOf('f32', [], [2]))
    .initializer('one', tensorOf('f32', [], [1]))
    .node('Mul', 'x two', 'doubled')
    .node('Add', 'doubled one', 'y', {}, 'shift')
    .output('y', 'f32', shape)
    .bytes();
}

/**
 * As PyTorch writes `torch.relu(x).view(x.size(0), -1) @ w`, for x [batch, 2, 2]:
 *
 *     x -> Relu (named 'relu') -> r -> Reshape (named 'view') -> flat -> MatMul w (named 'dense') -> y
 *          x -> Shape -> Gather 0 -> Unsqueeze -> Concat with -1 -> shape -> Reshape
 */
export function viewed(): Uint8Array {
  return new NetworkBuilder('viewed')
    .input('x', 'f32', ['batch', 2, 2])
    .initializer('w', tensorOf('f32', [4, 2], [1, 0, 0, 1, 1, 0, 0, 1]))
    .initializer('first', tensorOf('i64', [], [0]))
    .initializer('axes', tensorOf('i64', [1], [0]))
    .initializer('rest', tensorOf('i64', [1], [-1]))
    .node('Shape', 'x', 'sizes', {}, 'shape')
    .node('Gather', 'sizes first', 'count', {axis: 0n}, 'size')
    .node('Unsqueeze', 'count axes', 'counts', {}, 'unsqueeze')
    .node('Concat', 'counts rest', 'shaped', {axis: 0n}, 'concat')
    .node('Relu', 'x', 'r', {}, 'relu')
    .node('Reshape', 'r shaped', 'flat', {}, 'view')
    .node('MatMul', 'flat w', 'y', {}, 'dense')
    .output('y', 'f32', ['batch', 2])
    .bytes();
}

/** The operations of `line`. */
export const lineOperations = ['Mul_0', 'shift'] as const;

/**
 *     x -> Neg -> a -> Abs -> b -> Add -> y
 *     x -------------------------> Add            a and y are outputs
 */
export function skip(): Uint8Array {
  return new NetworkBuilder('skip')
    .input('x', 'f32', [2])
    .node('Neg', 'x', 'a')
    .node('Abs', 'a', 'b')
    .node('Add', 'b x', 'y')
    .output('a', 'f32', [2])
    .output('y', 'f32', [2])
    .bytes();
}

/**
 *     x, rounds -> Loop (x = tanh(x w)) -> y        1,000 rounds take some milliseconds
 */
export function slow(): Uint8Array {
  const body = new NetworkBuilder('round')
    .input('i', 'i64', [])
    .input('on', 'bool', [])
    .input('s', 'f32', [1, 64])
    .node('Identity', 'on', 'off')
    .node('MatMul', 's w', 'p')
    .node('Tanh', 'p', 'next')
    .output('off', 'bool', [])
    .output('next', 'f32', [1, 64]);
  return new NetworkBuilder('slow')
    .input('x', 'f32', [1, 64])
    .input('rounds', 'i64', [])
    .initializer('w', tensorOf('f32', [64, 64], new Array(64 * 64).fill(0.01)))
    .node('Loop', 'rounds - x', 'y', {body: body.graph()})
    .output('y', 'f32', [1, 64])
    .bytes();
}

/** What `slow` needs for this many rounds. */
export function slowInputs(rounds: number): {readonly x: TensorData; readonly rounds: TensorData} {
  return {x: tensorOf('f32', [1, 64]), rounds: tensorOf('i64', [], [rounds])};
}

/**
 *     x, at -> Gather (named 'look up') -> y        fails while it runs if `at` is out of range
 */
export function lookUp(): Uint8Array {
  return new NetworkBuilder('look up')
    .input('x', 'f32', ['n'])
    .input('at', 'i64', [1])
    .node('Gather', 'x at', 'y', {}, 'look up')
    .output('y', 'f32', [1])
    .bytes();
}

/**
 *     for each tensor t:  t -> Identity (named 't first') -> t between -> Identity -> t out
 */
export function passThrough(tensors: ReadonlyMap<string, TensorData>): Uint8Array {
  const builder = new NetworkBuilder('pass through');
  for (const [name, {type, shape}] of tensors) {
    const between = `${name} between`;
    builder.input(name, type, shape);
    builder.node('Identity', [name], [between], {}, `${name} first`);
    builder.node('Identity', [between], [`${name} out`], {}, `${name} second`);
    builder.output(`${name} out`, type, shape);
  }
  return builder.bytes();
}

/**
 *     x -> Tile times -> wide -> Neg -> negative -> ReduceMax -> y        wide grows with `times`
 */
export function widening(output: 'wide' | 'y' = 'y'): Uint8Array {
  return new NetworkBuilder('widening')
    .input('x', 'f32', [1])
    .input('times', 'i64', [1])
    .node('Tile', 'x times', 'wide', {}, 'widen')
    .node('Neg', 'wide', 'negative', {}, 'negate')
    .node('ReduceMax', 'negative', 'y', {keepdims: 0n}, 'narrow')
    .output(output, 'f32', output === 'y' ? [] : ['n'])
    .bytes();
}

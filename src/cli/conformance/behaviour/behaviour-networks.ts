import type {Dimension, TensorData} from '../../../../schemas/tensor.js';
import {modelProto} from '../../../network/model-proto.js';
import {nodeProto} from '../../../network/node-proto.js';
import {tensorProto} from '../../../network/tensor-proto.js';
import {writeModel} from '../../../network/write-model.js';
import {elementCount} from '../../../tensor-check.js';

/* Networks of operations that the smallest plugin has: Add, Mul, Relu, MatMul, Gather, Identity. */

/** Float32 elements in this shape; in one row if it is left out. */
export function floats(
  values: readonly number[],
  shape: readonly number[] = [values.length],
): TensorData<'f32'> {
  return {type: 'f32', shape, data: Float32Array.from(values)};
}

/** The same number everywhere. */
export function filled(shape: readonly number[], value: number): TensorData<'f32'> {
  return {type: 'f32', shape, data: new Float32Array(elementCount(shape)).fill(value)};
}

/**
 *     x -> Mul 2 -> h -> Add 1 -> y        y = 2x + 1
 */
export function line(shape: readonly Dimension[] = ['n', 2]): Uint8Array {
  return writeModel(
    modelProto({
      name: 'line',
      nodes: [nodeProto('Mul', ['x', 'two'], ['h']), nodeProto('Add', ['h', 'one'], ['y'])],
      inputs: [{name: 'x', type: 'f32', shape}],
      outputs: [{name: 'y', type: 'f32', shape}],
      initializers: [tensorProto('two', filled([1], 2)), tensorProto('one', filled([1], 1))],
    }),
  );
}

/**
 *     x -> Relu -> y
 */
export function relu(): Uint8Array {
  return writeModel(
    modelProto({
      name: 'relu',
      nodes: [nodeProto('Relu', ['x'], ['y'])],
      inputs: [{name: 'x', type: 'f32', shape: ['n', 2]}],
      outputs: [{name: 'y', type: 'f32', shape: ['n', 2]}],
    }),
  );
}

/**
 *     a, b -> Add -> y
 */
export function sum(): Uint8Array {
  const info = (name: string) => ({name, type: 'f32', shape: ['n', 'm']}) as const;
  return writeModel(
    modelProto({
      name: 'sum',
      nodes: [nodeProto('Add', ['a', 'b'], ['y'])],
      inputs: [info('a'), info('b')],
      outputs: [info('y')],
    }),
  );
}

/**
 *     x, s -> Add -> y -> Identity -> total        y: all x so far, if total is the next s
 */
export function accumulator(): Uint8Array {
  const info = (name: string) => ({name, type: 'f32', shape: [2]}) as const;
  return writeModel(
    modelProto({
      name: 'accumulator',
      nodes: [nodeProto('Add', ['x', 's'], ['y']), nodeProto('Identity', ['y'], ['total'])],
      inputs: [info('x'), info('s')],
      outputs: [info('y'), info('total')],
    }),
  );
}

/**
 *     x, at -> Gather -> y        fails while it runs if `at` is out of range
 */
export function lookUp(): Uint8Array {
  return writeModel(
    modelProto({
      name: 'look up',
      nodes: [nodeProto('Gather', ['x', 'at'], ['y'])],
      inputs: [
        {name: 'x', type: 'f32', shape: ['n']},
        {name: 'at', type: 'i64', shape: [1]},
      ],
      outputs: [{name: 'y', type: 'f32', shape: [1]}],
    }),
  );
}

/** What `lookUp` takes. */
export function lookUpInputs(at: number): {readonly x: TensorData; readonly at: TensorData} {
  const index: TensorData<'i64'> = {type: 'i64', shape: [1], data: BigInt64Array.of(BigInt(at))};
  return {x: floats([10, 20]), at: index};
}

/** Columns of `heavy`'s matrices, and rows of what it is given. */
const heavyWidth = 64;
const heavyDepth = 16;

/**
 *     x -> MatMul w -> … -> MatMul w -> y        some milliseconds on a slow device
 */
export function heavy(): Uint8Array {
  const names = Array.from({length: heavyDepth + 1}, (_, at) => `h${at}`);
  names[0] = 'x';
  names[heavyDepth] = 'y';
  const shape = ['n', heavyWidth];
  return writeModel(
    modelProto({
      name: 'heavy',
      nodes: names.slice(1).map((to, at) => nodeProto('MatMul', [names[at] ?? '', 'w'], [to])),
      inputs: [{name: 'x', type: 'f32', shape}],
      outputs: [{name: 'y', type: 'f32', shape}],
      initializers: [tensorProto('w', filled([heavyWidth, heavyWidth], 1 / heavyWidth))],
    }),
  );
}

/** What `heavy` takes and, a mean of means, gives back. */
export function heavyInputs(): {readonly x: TensorData} {
  return {x: filled([heavyWidth, heavyWidth], 1)};
}

/**
 *     x -> Relu -> h -> nobody.Unheard -> y
 */
export function unheard(): Uint8Array {
  return writeModel(
    modelProto({
      name: 'unheard',
      nodes: [nodeProto('Relu', ['x'], ['h']), nodeProto('nobody.Unheard', ['h'], ['y'])],
      inputs: [{name: 'x', type: 'f32', shape: [2]}],
      outputs: [{name: 'y', type: 'f32', shape: [2]}],
      opsets: {'': 17, nobody: 1},
    }),
  );
}

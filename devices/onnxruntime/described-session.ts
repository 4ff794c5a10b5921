import type {InferenceSession} from 'onnxruntime-node';
import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../../src/errors.js';
import {valueInfoOfOrt} from './tensor-info.js';

export interface DescribedSession {
  readonly session: InferenceSession;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

/**
 * A session and what it says of its inputs and outputs; `declaredScalars` tells which of them the
 * file says are scalars. Throws COMPILE_FAILED for a value that does not travel.
 */
export function describeSession(
  session: InferenceSession,
  declaredScalars: () => ReadonlySet<string>,
): DescribedSession {
  const {inputMetadata, outputMetadata} = session;
  const unranked = [...inputMetadata, ...outputMetadata].some(
    value => value.isTensor && value.shape.length === 0,
  );
  const scalars = unranked ? declaredScalars() : new Set<string>();
  const describe = (value: InferenceSession.ValueMetadata) => tensorInfo(value, scalars);
  return {session, inputs: inputMetadata.map(describe), outputs: outputMetadata.map(describe)};
}

function tensorInfo(
  value: InferenceSession.ValueMetadata,
  scalars: ReadonlySet<string>,
): TensorInfo {
  const info = valueInfoOfOrt(value, name => scalars.has(name));
  if (info.kind === 'tensor') return {name: value.name, type: info.type, shape: info.shape};
  throw new InferenceError(
    'COMPILE_FAILED',
    `${value.name} is ${value.isTensor ? `a tensor of ${value.type}` : 'no tensor'}: ` +
      'inputs and outputs must be tensors of types that travel',
  );
}

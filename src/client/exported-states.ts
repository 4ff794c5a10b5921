import {elementLayouts, type NumericType} from '../../schemas/element-type.js';
import type {ExportedState} from '../../schemas/state.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError, invariant} from '../errors.js';
import {Tensor} from '../tensor.js';
import {checkTensorFits} from '../tensor-check.js';
import type {DeclaredState} from './declared-state.js';

/** States as they travel, with what each is at first. */
export function exportedStates(
  states: readonly DeclaredState[],
  infos: readonly TensorInfo[],
): readonly ExportedState[] {
  return states.map(({output, input, initial}) => {
    const info = infos.find(({name}) => name === input);
    invariant(info !== undefined, `${input} is a state of the deployment`);
    return {output, input, info, initial: {shape: initial.shape, bytes: bytesOf(initial)}};
  });
}

/** What of states a coordinator needs. */
export function withoutInitial(states: readonly ExportedState[]): readonly ExportedState[] {
  return states.map(state => ({...state, initial: null}));
}

/** Throws INVALID_BLOB for a state that does not fit its input. */
export function importedStates(states: readonly ExportedState[]): readonly DeclaredState[] {
  return states.map(({output, input, info, initial}) => {
    try {
      const tensor = tensorOf(info, initial);
      checkTensorFits(info, tensor);
      return {output, input, initial: tensor};
    } catch (error) {
      const {message} = InferenceError.from(error);
      throw new InferenceError('INVALID_BLOB', `state ${input}: ${message}`, {}, {cause: error});
    }
  });
}

function bytesOf({data}: Tensor): Uint8Array<ArrayBuffer> {
  invariant(ArrayBuffer.isView(data), 'no state is of strings');
  return Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function tensorOf({type, name}: TensorInfo, initial: ExportedState['initial']): Tensor {
  if (initial === null || type === 'string') {
    throw new InferenceError('INVALID_BLOB', `${name}: expected what it is at first`);
  }
  const {array, bytes: width} = elementLayouts[type as NumericType];
  const bytes = Uint8Array.from(initial.bytes);
  return new Tensor(
    type,
    initial.shape,
    new array(bytes.buffer, 0, Math.floor(bytes.length / width)),
  );
}

import type {StageOrder} from '../schemas/messages/device.js';
import type {NamedTensors} from '../schemas/tensor.js';
import {InferenceError} from '../src/errors.js';
import {checkTensorFits} from '../src/tensor-check.js';

/**
 * The check of what a client sends to a stage: every required input is there, nothing else is, and
 * each tensor is of the type and shape that the stage was compiled for.
 */
export function admission(order: StageOrder): (tensors: NamedTensors) => void {
  const infos = new Map([...order.inputs, ...order.overridable].map(info => [info.name, info]));
  return tensors => {
    for (const {name} of order.inputs) {
      if (!tensors.has(name)) throw new InferenceError('MISSING_INPUT', `no tensor for ${name}`);
    }
    for (const [name, tensor] of tensors) {
      const info = infos.get(name);
      if (info === undefined) throw new InferenceError('UNKNOWN_INPUT', `${name} is no input here`);
      checkTensorFits(info, tensor);
    }
  };
}

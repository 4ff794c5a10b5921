import {newNarrow} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {unsupported} from '../../../src/plugin/graph/unsupported.js';
import {required} from './required.js';

/** `Dropout` of a network that is not being trained: nothing is dropped. */
export const dropout: KernelBuilder = ({hasInput}) => {
  if (hasInput(2)) throw unsupported('training_mode: expected none, since TEMPLATE does not train');
  return inputs => {
    const input = required(inputs, 0);
    const kept = newNarrow('bool', input.data.length).fill(1) as Uint8Array;
    return [input, {type: 'bool', shape: input.shape, data: kept}];
  };
};

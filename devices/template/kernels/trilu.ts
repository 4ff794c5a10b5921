import {isWide, numbersOf} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {required} from './required.js';

/** `Trilu`: zeros below (or above) a diagonal of the last two axes. */
export const trilu: KernelBuilder = ({attributes}) => {
  const upper = attributes.flag('upper', true);
  return inputs => {
    const input = required(inputs, 0);
    const [rows, columns] = [input.shape.at(-2), input.shape.at(-1)];
    if (rows === undefined || columns === undefined) {
      throw kernelFailure(`shape [${input.shape}]: expected 2 dimensions or more`);
    }
    const diagonal = inputs[1] === undefined ? 0 : (numbersOf(inputs[1])[0] ?? 0);
    const data = (input.data as Float32Array | BigInt64Array).slice();
    for (let at = 0; at < data.length; at++) {
      const distance = (at % columns) - (Math.floor(at / columns) % rows) - diagonal;
      if (upper ? distance >= 0 : distance <= 0) continue;
      if (isWide(data)) data[at] = 0n;
      else data[at] = 0;
    }
    return [{...input, data} as typeof input];
  };
};

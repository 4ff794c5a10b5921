import {type ElementType, elementTypeOfOnnx} from '../../../schemas/element-type.js';
import type {Network} from '../../network/network.js';

/** The element types of values that no operation makes: inputs and initializers. */
export function sourceTypes({model, inputs, overridable}: Network): Map<string, ElementType> {
  const types = new Map<string, ElementType>();
  for (const {name, dataType} of model.graph?.initializer ?? []) {
    const type = elementTypeOfOnnx(dataType);
    if (type !== undefined) types.set(name, type);
  }
  for (const {name, type} of [...inputs, ...overridable]) types.set(name, type);
  return types;
}

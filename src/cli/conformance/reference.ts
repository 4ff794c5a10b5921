import type {TensorData} from '../../../schemas/tensor.js';
import {formDifference, tensorDifference} from './tensor-difference.js';

/** A list of outputs, in the network's order, for each data set. */
export type Outputs = readonly (readonly TensorData[])[];

/** What outputs are compared with. */
export class Reference {
  /** Said of a case that passes; empty if the case's own outputs are the reference. */
  readonly note: string;
  readonly #outputs: Outputs;
  readonly #difference: (given: TensorData, expected: TensorData) => string | undefined;

  private constructor(note: string, outputs: Outputs, difference = tensorDifference) {
    this.note = note;
    this.#outputs = outputs;
    this.#difference = difference;
  }

  /** The outputs that the case expects. */
  static expected(outputs: Outputs): Reference {
    return new Reference('', outputs);
  }

  /** What onnxruntime gives where that is not what the case expects. */
  static direct(outputs: Outputs): Reference {
    return new Reference('compared with onnxruntime, which does not give the expected', outputs);
  }

  /** Random numbers have only their type and shape in common. */
  static random(outputs: Outputs): Reference {
    return new Reference('random: only types and shapes compared', outputs, formDifference);
  }

  /** How `given` differs, in words; undefined if it does not. */
  difference(given: Outputs, names: readonly string[]): string | undefined {
    for (const [set, outputs] of this.#outputs.entries()) {
      for (const [at, expected] of outputs.entries()) {
        const tensor = given[set]?.[at];
        const difference =
          tensor === undefined ? 'there is none' : this.#difference(tensor, expected);
        if (difference !== undefined) return `output '${names[at]}': ${difference}`;
      }
    }
    return undefined;
  }
}

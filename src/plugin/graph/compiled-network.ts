import type {NamedTensors, TensorData} from '../../../schemas/tensor.js';
import {InferenceError} from '../../errors.js';
import {isText} from './elements.js';
import type {MappedNetwork} from './map-network.js';
import {runStep, type StepRunner} from './run-step.js';
import type {Step} from './step.js';

/** A network in memory, ready to run: kernels in order, and the values that never change. */
export class CompiledNetwork {
  readonly #steps: readonly Step[];
  readonly #constants: ReadonlyMap<string, TensorData>;
  /** Buffers that outlive a run, which therefore must not be given away. */
  readonly #kept: ReadonlySet<unknown>;
  readonly #outputs: readonly string[];

  /** `varying` names what a request brings, or may bring in place of a constant. */
  constructor(mapped: MappedNetwork, varying: ReadonlySet<string>, outputs: readonly string[]) {
    const {steps, constants} = fold(mapped, varying);
    this.#steps = steps;
    this.#constants = constants;
    this.#kept = new Set([...constants.values()].map(bufferOf));
    this.#outputs = outputs;
  }

  /** What runs for every request; the other operations only made constants. */
  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** The outputs, which share no memory with the network. Throws STAGE_FAILED. */
  run(tensors: NamedTensors, runner: StepRunner = runStep): NamedTensors {
    const values = new Map([...this.#constants, ...tensors]);
    for (const step of this.#steps) {
      runner(step, values);
      for (const name of step.lastReads) values.delete(name);
    }
    return new Map(this.#outputs.map(name => [name, this.#given(name, values)]));
  }

  #given(name: string, values: ReadonlyMap<string, TensorData>): TensorData {
    const tensor = values.get(name);
    if (tensor === undefined) {
      throw new InferenceError('STAGE_FAILED', `output ${name}: no operation makes it`);
    }
    return this.#kept.has(bufferOf(tensor)) ? copyOf(tensor) : tensor;
  }
}

function bufferOf({data}: TensorData): unknown {
  return isText(data) ? data : data.buffer;
}

function copyOf(tensor: TensorData): TensorData {
  return {...tensor, data: tensor.data.slice()} as TensorData;
}

/** Runs what depends on constants only, once and for all. A step that fails is left to fail later. */
function fold({steps, constants: given}: MappedNetwork, varying: ReadonlySet<string>) {
  const constants = new Map(given);
  const isConstant = (name: string) => name === '' || (constants.has(name) && !varying.has(name));
  const left = steps.filter(step => {
    if (!step.inputs.every(isConstant)) return true;
    try {
      runStep(step, constants);
      return false;
    } catch {
      return true;
    }
  });
  return {steps: left, constants};
}

import type {Operation} from '../../../schemas/network-graph.js';
import {
  countersMax,
  type InferenceCounters,
  type OperationCounter,
} from '../../../schemas/performance-counters.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {runStep} from './run-step.js';
import type {Step} from './step.js';

/** Runs the steps of one inference and measures each. */
export class StepMeter {
  readonly #executed = new Map<string, Pick<OperationCounter, 'realUs' | 'outputTypes'>>();

  /** See StepRunner. */
  readonly run = (step: Step, values: Map<string, TensorData>): void => {
    const startMs = performance.now();
    runStep(step, values);
    const realUs = (performance.now() - startMs) * 1000;
    const outputTypes = step.outputs.map(name => typeOf(values.get(name)));
    this.#executed.set(step.operation, {realUs, outputTypes});
  };

  /** Of every operation: what had no step was folded when the network was compiled. */
  counters(operations: readonly Operation[]): InferenceCounters {
    const counted = operations.slice(0, countersMax).map(each => this.#counter(each));
    return {pipelineUs: {}, measuringUs: 0, operations: counted};
  }

  #counter({name, type: nodeType}: Operation): OperationCounter {
    const executed = this.#executed.get(name);
    if (executed === undefined) {
      const none = {realUs: 0, cpuUs: 0, execType: '', fused: [], outputTypes: []};
      return {name, nodeType, status: 'OPTIMIZED_OUT', ...none};
    }
    const {realUs, outputTypes} = executed;
    // One thread that never waits.
    const times = {realUs, cpuUs: realUs};
    return {
      name,
      nodeType,
      status: 'EXECUTED',
      ...times,
      execType: nodeType,
      fused: [],
      outputTypes,
    };
  }
}

function typeOf(tensor: TensorData | undefined): string {
  return tensor === undefined ? '' : `${tensor.type}[${tensor.shape.join()}]`;
}

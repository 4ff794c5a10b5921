import type {Operation} from '../../../schemas/network-graph.js';
import {
  countersMax,
  type InferenceCounters,
  type OperationCounter,
} from '../../../schemas/performance-counters.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {runStep} from './run-step.js';
import type {Step} from './step.js';
import {threadCpuUs} from './thread-cpu.js';

type Measured = Pick<OperationCounter, 'realUs' | 'cpuUs' | 'outputTypes'>;

/** Runs the steps of one inference and measures each. */
export class StepMeter {
  readonly #cpuUs: () => number | undefined;
  readonly #executed = new Map<string, Measured>();

  /** `cpuUs`: the processor time of this thread; where that is unknown, the time that passes is told. */
  constructor(cpuUs: () => number | undefined = threadCpuUs) {
    this.#cpuUs = cpuUs;
  }

  /** See StepRunner. */
  readonly run = (step: Step, values: Map<string, TensorData>): void => {
    const startMs = performance.now();
    const startCpuUs = this.#cpuUs();
    runStep(step, values);
    const endCpuUs = this.#cpuUs();
    const realUs = (performance.now() - startMs) * 1000;
    const cpuUs = endCpuUs === undefined ? realUs : endCpuUs - (startCpuUs ?? 0);
    const outputTypes = step.outputs.map(name => typeOf(values.get(name)));
    this.#executed.set(step.operation, {realUs, cpuUs, outputTypes});
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
    return {name, nodeType, status: 'EXECUTED', ...executed, execType: nodeType, fused: []};
  }
}

function typeOf(tensor: TensorData | undefined): string {
  return tensor === undefined ? '' : `${tensor.type}[${tensor.shape.join()}]`;
}

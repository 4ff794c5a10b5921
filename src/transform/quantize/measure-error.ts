import type {TensorData} from '../../../schemas/tensor.js';
import {type OutputError, OutputErrors, type Outputs} from './output-error.js';

export type Inputs = Readonly<Record<string, TensorData>>;
type Infer = (inputs: Inputs) => Promise<Outputs>;

/** What runs a network: an executable network, or a function that infers once. */
export type Runner = Infer | {createInferRequest(): {infer(inputs: Inputs): Promise<Outputs>}};

export interface MeasureRequest {
  readonly before: Runner;
  readonly after: Runner;
  /** Inputs as for `infer`, each of one inference. */
  readonly samples: Iterable<Inputs>;
}

/**
 * Runs samples through a network before and after it was changed, one after another, and tells for
 * each output how far it is off. Rejects as the runners do, and with SHAPE_MISMATCH or TYPE_MISMATCH
 * if outputs cannot be compared.
 */
export async function measureError({
  before,
  after,
  samples,
}: MeasureRequest): Promise<readonly OutputError[]> {
  const errors = new OutputErrors();
  const [was, is] = [inferOf(before), inferOf(after)];
  for (const sample of samples) {
    const [expected, given] = await Promise.all([was(sample), is(sample)]);
    errors.add(expected, given);
  }
  return errors.report();
}

export function inferOf(runner: Runner): Infer {
  if (typeof runner === 'function') return runner;
  const request = runner.createInferRequest();
  return inputs => request.infer(inputs);
}

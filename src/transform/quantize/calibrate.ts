import {InferenceError} from '../../errors.js';
import {type Inputs, inferOf, type Runner} from './measure-error.js';
import {observedNetwork} from './observed-network.js';
import {parsedOf, type Quantizable} from './quantizable.js';

/** The least and the greatest element that a value was seen to have. */
export interface ValueRange {
  readonly least: number;
  readonly greatest: number;
}

/** Ranges of a network's activations by the names of their values. */
export type ValueRanges = ReadonlyMap<string, ValueRange>;

export interface CalibrateRequest {
  readonly network: Quantizable;
  /** Inputs as for `infer`, each of one inference: like those that the network will be used for. */
  readonly samples: Iterable<Inputs>;
  /** Makes a model run, as `model => core.loadNetwork(await core.readNetwork(model), 'CPU')`. */
  readonly open: (model: Uint8Array) => Promise<Runner>;
  /** Names of operations that will stay as they are. */
  readonly except?: readonly string[];
}

/**
 * Runs samples, one after another, through a network that tells the range of each of its values.
 * Rejects as `open` and its runner do, and with INVALID_ARGUMENT if there is no sample.
 */
export async function calibrate(request: CalibrateRequest): Promise<ValueRanges> {
  const {model, observed} = observedNetwork(parsedOf(request.network), request.except);
  const infer = inferOf(await request.open(model));
  const ranges = new Map<string, ValueRange>();
  let count = 0;
  for (const sample of request.samples) {
    const outputs = await infer(sample);
    for (const {value, least, greatest} of observed) {
      const [low, high] = [outputs[least], outputs[greatest]];
      if (low?.type !== 'f32' || high?.type !== 'f32') continue;
      const [from, to] = [Number(low.data[0]), Number(high.data[0])];
      const known = ranges.get(value) ?? {least: from, greatest: to};
      ranges.set(value, {
        least: Math.min(known.least, from),
        greatest: Math.max(known.greatest, to),
      });
    }
    count++;
  }
  if (count > 0) return ranges;
  throw new InferenceError('INVALID_ARGUMENT', 'expected a sample to calibrate with, given none');
}

import type {ValueInfo} from '../../schemas/network-graph.js';
import {exposeValues} from '../../src/network/expose-values.js';
import type {Network} from '../../src/network/network.js';
import {valuesOfMetadata} from '../../src/network/values-of-metadata.js';
import {openSession} from './run-model.js';

/** The type of every value of a network that needs no external files, as ONNX Runtime infers it. */
export async function inferValues(network: Network): Promise<ReadonlyMap<string, ValueInfo>> {
  const session = await openSession(exposeValues(network));
  const values = valuesOfMetadata(session.outputMetadata);
  await session.release();
  return values;
}

import type {OperationSupport} from '../../schemas/device.js';
import {readNetwork} from '../../src/network/read-network.js';
import {withValues} from '../../src/network/with-values.js';
import type {Backend} from './backend.js';
import {inferTypes} from './infer-types.js';
import {openNetwork} from './open-network.js';
import {sizeProblem} from './size-problem.js';
import {tryOperations} from './try-operations.js';

/**
 * Which operations of a network can be run, and ONNX Runtime's reasons against the others: all if
 * the whole of it opens, else each is tried by itself. Throws as `readNetwork` does.
 */
export async function queryOperations(
  backend: Backend,
  model: Uint8Array,
  weightsFile: string | undefined,
): Promise<readonly OperationSupport[]> {
  const network = readNetwork(model);
  const {operations} = network.graph;
  const reason = await sizeProblem(backend, model.byteLength, weightsFile);
  if (reason !== undefined) return operations.map(({name}) => ({name, supported: false, reason}));
  const whole = await openNetwork(backend, model, weightsFile);
  if (whole.opened) return operations.map(({name}) => ({name, supported: true}));
  const {types} = backend;
  if (types === undefined) return (await tryOperations(backend, network)).support;
  const graph = withValues(network.graph, await inferTypes(types, model, weightsFile));
  return (await tryOperations(backend, {...network, graph})).support;
}

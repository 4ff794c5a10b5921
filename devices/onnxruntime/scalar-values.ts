import type {ModelProto} from '../../src/network/generated/onnx_pb.js';
import type {Network} from '../../src/network/network.js';
import {nodeProto} from '../../src/network/node-proto.js';
import {valueInfoProto} from '../../src/network/value-types.js';
import {withFields} from '../../src/network/with-fields.js';
import {withoutShapeClaims} from '../../src/network/without-shape-claims.js';
import {writeModel} from '../../src/network/write-model.js';
import type {Backend} from './backend.js';
import {openNetwork} from './open-network.js';

/**
 * Which of the tensors in `names` are scalars. A session says the same of a scalar as of a tensor
 * whose rank is not known; but the inferred type of `Shape` of a tensor has its rank as dimension.
 */
export async function scalarValues(
  backend: Backend,
  network: Network,
  names: readonly string[],
  weightsFile: string | undefined,
): Promise<ReadonlySet<string>> {
  const {graph} = network.model;
  if (graph === undefined || names.length === 0) return new Set();
  const probes = new Map(names.map((name, index) => [`heterodyne/rank/${index}`, name]));
  const shapes = [...probes].map(([probe, name]) => nodeProto('Shape', [name], [probe]));
  const probed = withFields(withoutShapeClaims(graph), {
    node: [...graph.node, ...shapes],
    output: [...probes.keys()].map(probe => valueInfoProto(probe)),
  });
  const model = writeModel(withFields<ModelProto>(network.model, {graph: probed}));
  const opening = await openNetwork(backend, model, weightsFile);
  if (!opening.opened || opening.outputs === 'untold') return new Set();
  const scalars = opening.outputs.filter(output => output.isTensor && output.shape[0] === 0);
  return new Set(scalars.map(({name}) => probes.get(name) ?? name));
}

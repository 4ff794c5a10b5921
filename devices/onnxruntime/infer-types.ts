import type {InferenceSession} from 'onnxruntime-node';
import type {ValueInfo} from '../../schemas/network-graph.js';
import {exposeValues} from '../../src/network/expose-values.js';
import type {Network} from '../../src/network/network.js';
import {readNetwork} from '../../src/network/read-network.js';
import type {Backend} from './backend.js';
import {openNetwork} from './open-network.js';
import {scalarValues} from './scalar-values.js';
import {valueInfoOfOrt} from './tensor-info.js';
import {tryOperations} from './try-operations.js';

/** Sessions that are opened to find the values whose type a binding does not know. */
const sessionsMax = 64;

type Metadata = InferenceSession.ValueMetadata;

interface Search {
  readonly backend: Backend;
  readonly network: Network;
  readonly weightsFile: string | undefined;
  sessionsLeft: number;
}

/**
 * Types and shapes of the values that operations make, from a session in which they are outputs; if
 * the whole network cannot be opened, from sessions of single operations. Values whose type stays
 * unknown are left out. Throws as `readNetwork` does.
 */
export async function inferTypes(
  backend: Backend,
  model: Uint8Array,
  weightsFile: string | undefined,
): Promise<ReadonlyMap<string, ValueInfo>> {
  const network = readNetwork(model);
  const made = network.graph.operations.flatMap(operation => operation.outputs);
  const search: Search = {backend, network, weightsFile, sessionsLeft: sessionsMax};
  const found = await exposed(search, made);
  if (found === undefined) return (await tryOperations(backend, network)).values;
  const unranked = found.filter(value => value.isTensor && value.shape.length === 0);
  const names = unranked.map(({name}) => name);
  const scalars = await scalarValues(backend, network, names, weightsFile);
  return new Map(found.map(value => [value.name, valueInfoOfOrt(value, n => scalars.has(n))]));
}

/**
 * What a session says of the values in `names`. One whose type the binding does not know makes it
 * say nothing at all: then it is looked for by halving. Undefined if the network cannot be opened.
 */
async function exposed(
  search: Search,
  names: readonly string[],
): Promise<readonly Metadata[] | undefined> {
  if (search.sessionsLeft-- <= 0) return [];
  const {backend, network, weightsFile} = search;
  const wanted = new Set(names);
  const made = network.graph.operations.flatMap(operation => operation.outputs);
  const without = new Set(made.filter(name => !wanted.has(name)));
  const opening = await openNetwork(backend, exposeValues(network, without), weightsFile);
  if (!opening.opened) return undefined;
  if (opening.outputs !== 'untold') return opening.outputs.filter(({name}) => wanted.has(name));
  if (names.length <= 1) return names.map(name => ({name, isTensor: false}));
  const middle = Math.ceil(names.length / 2);
  const first = await exposed(search, names.slice(0, middle));
  const second = await exposed(search, names.slice(middle));
  return [...(first ?? []), ...(second ?? [])];
}

import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {NamedTensors, TensorData} from '../../../schemas/tensor.js';
import {type Network, openNetwork} from '../../client/network.js';
import {InferenceError} from '../../errors.js';
import {operationType} from '../../network/operation-names.js';
import {parseModel} from '../../network/parse-model.js';
import {severalOperations} from './case-result.js';
import {type CaseFolder, networkFile} from './find-cases.js';
import {type DataSet, readDataSets} from './read-data-sets.js';

/** A case that can be run. */
export interface OpenCase {
  readonly model: Uint8Array;
  readonly network: Network;
  readonly outputNames: readonly string[];
  /** One for each data set: what it feeds. */
  readonly feeds: readonly NamedTensors[];
  /** One for each data set: what it expects, in the order of the network's outputs. */
  readonly expected: readonly (readonly TensorData[])[];
}

/**
 * Rejects as `openNetwork` and `readDataSets` do, and with FILE_UNREADABLE if tensors and network
 * do not belong together.
 */
export async function openCase({path}: CaseFolder): Promise<OpenCase> {
  const file = join(path, networkFile);
  const network = await openNetwork(file);
  const sets = await readDataSets(path);
  for (const {name, outputs} of sets) {
    const wanted = network.outputs.length;
    if (outputs.length !== wanted) {
      throw unfit(`${path}/${name}: expected ${wanted} output files, given ${outputs.length}`);
    }
  }
  return {
    model: await readFile(file),
    network,
    outputNames: network.outputs.map(({name}) => name),
    feeds: sets.map(set => feedOf(network, set, path)),
    expected: sets.map(({outputs}) => outputs),
  };
}

/** The type of a network's operations, for one that cannot be opened too. Never rejects. */
export async function operationOf({path}: CaseFolder): Promise<string> {
  try {
    const {graph} = parseModel(await readFile(join(path, networkFile)));
    const types = new Set(graph.node.map(operationType));
    if (types.size > 1) types.delete('Constant');
    const [type] = types;
    return types.size === 1 && type !== undefined ? type : severalOperations;
  } catch {
    return severalOperations;
  }
}

/** Files are in the order of the graph's inputs, initializers among them. */
function feedOf(network: Network, {name, inputs}: DataSet, path: string): NamedTensors {
  const names = network.parsed.model.graph?.input.map(input => input.name) ?? [];
  if (inputs.length > names.length) {
    throw unfit(`${path}/${name}: expected at most ${names.length} inputs, given ${inputs.length}`);
  }
  const fed = inputs.map((tensor, at) => [names[at] ?? '', tensor] as const);
  const open = [...network.inputs, ...network.parsed.overridable].map(info => info.name);
  const constant = fed.find(([input]) => !open.includes(input))?.[0];
  if (constant !== undefined) {
    throw unfit(`${path}/${name}: feeds '${constant}', which the network holds constant`);
  }
  return new Map(fed);
}

function unfit(message: string): InferenceError {
  return new InferenceError('FILE_UNREADABLE', message);
}

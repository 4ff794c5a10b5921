import type {ValueInfo} from '../../../schemas/network-graph.js';
import {InferenceError} from '../../errors.js';
import type {GraphProto, ModelProto, ValueInfoProto} from '../../network/generated/onnx_pb.js';
import type {Network} from '../../network/network.js';
import {networkOf} from '../../network/network-of.js';
import {typedValue, valueInfoOf} from '../../network/value-types.js';
import {withFields} from '../../network/with-fields.js';
import {withoutShapeClaims} from '../../network/without-shape-claims.js';
import {isBatch, isSame, type Meaning} from './meaning.js';
import {BatchTrace} from './trace-batch.js';

/** The first dimension of every input, by this name: as many as there are rows in a batch. */
const batchDimension = 'batch';

/** A network that takes any number of requests as one. */
export interface Rebatched {
  readonly network: Network;
  /** Values that are not one row for each of the batch, so that no stage may send them. */
  readonly tied: readonly string[];
}

/**
 * The network as one that takes any number of requests as one: the first axis of every input, 1 or
 * symbolic, becomes the batch. Every operation between inputs and outputs is looked at, whether it
 * keeps the rows of different requests apart; `inferred` is what follows of the network's values
 * from its inputs, where a request is alone. As OpenVINO's automatic batching, which traces the
 * batch through the network too, but by a list of operations that is known to be safe.
 *
 * Throws UNSUPPORTED_OPERATIONS, with a reason for each operation that stands in the way.
 */
export function rebatch(network: Network, inferred: ReadonlyMap<string, ValueInfo>): Rebatched {
  const {graph, model} = network;
  const trace = new BatchTrace(network, inferred);
  const faults = faultsOf(network, trace);
  if (faults.length > 0) throw unsupported(graph.name, faults);
  const whole = model.graph as GraphProto;
  const changed = withoutShapeClaims(
    withFields<GraphProto>(whole, {
      node: trace.nodes.map(({node}) => node),
      input: whole.input.map(input => withBatch(input, graph.inputs)),
      initializer: [...whole.initializer, ...trace.given],
    }),
  );
  const made = graph.operations.flatMap(({outputs}) => outputs);
  return {
    network: networkOf(withFields<ModelProto>(model, {graph: changed}), changed),
    tied: made.filter(name => trace.fed.has(name) && !isBatch(trace.meanings.get(name))),
  };
}

function withBatch(input: ValueInfoProto, inputs: readonly string[]): ValueInfoProto {
  const info = valueInfoOf(input.type);
  if (!inputs.includes(input.name) || info?.kind !== 'tensor' || info.shape === null) return input;
  const shape = [batchDimension, ...info.shape.slice(1)];
  return typedValue({name: input.name, type: info.type, shape});
}

/** What stands in the way, of all that an output needs. */
function faultsOf({inputs, graph}: Network, trace: BatchTrace): readonly string[] {
  const needed = new Set(graph.outputs);
  const found: string[] = [];
  for (const [at, {node, fault, reads}] of [...trace.nodes.entries()].reverse()) {
    if (!node.output.some(name => name !== '' && needed.has(name))) continue;
    for (const name of reads) needed.add(name);
    const {name, type} = graph.operations[at] ?? {name: node.name, type: node.opType};
    if (fault !== undefined) found.push(`'${name}' (${type}): ${fault}`);
  }
  const unfit = inputs.filter(({name}) => !trace.meanings.has(name));
  return [
    ...unfit.map(({name}) => `input '${name}' has no first axis of 1 or of any size`),
    ...found.reverse(),
    ...graph.outputs.flatMap(name => outputFault(name, trace.meanings.get(name)) ?? []),
  ];
}

function outputFault(name: string, meaning: Meaning | undefined): string | undefined {
  if (meaning === undefined || isBatch(meaning)) return undefined;
  if (meaning.kind !== 'rows') {
    return isSame(meaning)
      ? `output '${name}' is the same for every request`
      : `output '${name}' depends on the number of requests`;
  }
  return meaning.axis === 0
    ? `output '${name}' has not one row for each row of its inputs`
    : `output '${name}' has the batch along axis ${meaning.axis}`;
}

function unsupported(name: string, faults: readonly string[]): InferenceError {
  const shown = faults.slice(0, 20).map(fault => `\n  ${fault}`);
  const more = faults.length > shown.length ? `\n  and ${faults.length - shown.length} more` : '';
  const text = `expected a network that keeps requests apart, for BATCH; in '${name}'`;
  return new InferenceError('UNSUPPORTED_OPERATIONS', `${text}${shown.join('')}${more}`);
}

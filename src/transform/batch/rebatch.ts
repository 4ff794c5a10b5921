import {InferenceError} from '../../errors.js';
import type {
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from '../../network/generated/onnx_pb.js';
import type {Network} from '../../network/network.js';
import {networkOf} from '../../network/network-of.js';
import {operationType} from '../../network/operation-names.js';
import {readTensor, tensorProto} from '../../network/tensor-proto.js';
import {typedValue, valueInfoOf} from '../../network/value-types.js';
import {withFields} from '../../network/with-fields.js';
import {withoutShapeClaims} from '../../network/without-shape-claims.js';
import {batchRules} from './batch-rules.js';
import type {BatchedNode, BatchFinding, Values} from './batched-node.js';

/** The first dimension of every input, by this name: as many as there are requests in a batch. */
const batchDimension = 'batch';

/**
 * The network as one that takes any number of requests as one: the first axis of every input, 1 or
 * symbolic, becomes the batch. Every operation between inputs and outputs is looked at, whether it
 * keeps the rows of different requests apart; `values` are what is known of the network's values
 * where a request is alone. As OpenVINO's automatic batching, which traces the batch through the
 * network too, but by a list of operations that is known to be safe.
 *
 * Throws UNSUPPORTED_OPERATIONS, with a reason for each operation that stands in the way.
 */
export function rebatch(network: Network, values: Values): Network {
  return new Rebatching(network, values).run();
}

class Rebatching {
  readonly #network: Network;
  readonly #graph: GraphProto;
  readonly #values: Values;
  readonly #batched = new Set<string>();
  readonly #constants = new Map<string, TensorProto>();
  readonly #opset: number;
  readonly #faults: string[] = [];
  readonly #added: TensorProto[] = [];

  constructor(network: Network, values: Values) {
    const {graph, opsetImport} = network.model;
    this.#network = network;
    this.#graph = graph as GraphProto;
    this.#values = values;
    const standard = opsetImport.find(({domain}) => domain === '' || domain === 'ai.onnx');
    this.#opset = Number(standard?.version ?? 1);
    for (const tensor of this.#graph.initializer) this.#constants.set(tensor.name, tensor);
  }

  run(): Network {
    const {inputs, graph} = this.#network;
    for (const {name, shape} of inputs) {
      const first = shape?.[0];
      if (first === 1 || typeof first === 'string') this.#batched.add(name);
      else this.#faults.push(`input '${name}' has no first axis of 1 or of any size`);
    }
    const nodes = this.#graph.node.map((node, at) => this.#traced(node, at));
    for (const name of graph.outputs) {
      if (!this.#batched.has(name))
        this.#faults.push(`output '${name}' is the same for every request`);
    }
    if (this.#faults.length > 0) throw unsupported(graph.name, this.#faults);
    const {model} = this.#network;
    const changed = withoutShapeClaims(
      withFields<GraphProto>(this.#graph, {
        node: nodes,
        input: this.#graph.input.map(input => this.#withBatch(input)),
        initializer: [...this.#graph.initializer, ...this.#added],
      }),
    );
    return networkOf(withFields<ModelProto>(model, {graph: changed}), changed);
  }

  #withBatch(input: ValueInfoProto): ValueInfoProto {
    const info = valueInfoOf(input.type);
    if (!this.#batched.has(input.name) || info?.kind !== 'tensor' || info.shape === null)
      return input;
    const shape = [batchDimension, ...info.shape.slice(1)];
    return typedValue({name: input.name, type: info.type, shape});
  }

  #traced(node: NodeProto, at: number): NodeProto {
    const type = operationType(node);
    const constant = node.attribute.find(({name, t}) => name === 'value' && t !== undefined)?.t;
    if (type === 'Constant' && constant !== undefined) {
      this.#constants.set(node.output[0] ?? '', constant);
    }
    const operation = this.#network.graph.operations[at];
    const reads = operation?.inputs ?? node.input;
    if (!reads.some(name => this.#batched.has(name))) return node;
    for (const output of node.output.filter(Boolean)) this.#batched.add(output);
    const finding = operation?.random
      ? 'it draws random numbers'
      : this.#findingOn(node, {type, reads});
    if (finding === undefined) return node;
    if (typeof finding !== 'string') return this.#given(node, finding);
    this.#faults.push(`'${operation?.name ?? node.name}' (${type}): ${finding}`);
    return node;
  }

  #findingOn(
    node: NodeProto,
    {type, reads}: {readonly type: string; readonly reads: readonly string[]},
  ): BatchFinding {
    const rule = batchRules.get(type);
    if (rule === undefined) return 'it may mix requests';
    // What a body captures is no input of the node.
    if (reads.some(name => !node.input.includes(name))) return 'it may mix requests';
    return rule(this.#describe(node, type));
  }

  #describe(node: NodeProto, type: string): BatchedNode {
    const shapeOf = (name: string | undefined) => {
      const value = this.#values.get(name ?? '');
      if (value?.kind === 'tensor') return value.shape ?? undefined;
      return this.#constants.get(name ?? '')?.dims.map(Number);
    };
    const shape = shapeOf(node.output[0]);
    return {
      node,
      type,
      opset: this.#opset,
      batched: node.input.map(name => this.#batched.has(name)),
      rankOf: input => shapeOf(node.input[input])?.length,
      firstDimensionOf: input => {
        const first = shapeOf(node.input[input])?.[0];
        return typeof first === 'number' ? first : undefined;
      },
      constantOf: input => {
        const tensor = this.#constants.get(node.input[input] ?? '');
        return tensor === undefined ? undefined : readTensor(tensor);
      },
      outputRank: shape?.length,
      outputFirst: shape?.[0],
    };
  }

  /** The node with other values for one of its inputs, which others may read too. */
  #given(node: NodeProto, {input, values}: Exclude<BatchFinding, string | undefined>): NodeProto {
    const name = `${node.input[input]}/batched/${this.#added.length}`;
    this.#added.push(tensorProto(name, values));
    return withFields(node, {input: node.input.map((old, at) => (at === input ? name : old))});
  }
}

function unsupported(name: string, faults: readonly string[]): InferenceError {
  const shown = faults.slice(0, 20).map(fault => `\n  ${fault}`);
  const more = faults.length > shown.length ? `\n  and ${faults.length - shown.length} more` : '';
  const text = `expected a network that keeps requests apart, for BATCH; in '${name}'`;
  return new InferenceError('UNSUPPORTED_OPERATIONS', `${text}${shown.join('')}${more}`);
}

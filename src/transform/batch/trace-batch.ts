import {elementTypeOfOnnx} from '../../../schemas/element-type.js';
import type {Operation, ValueInfo} from '../../../schemas/network-graph.js';
import {isExternal} from '../../network/external-data.js';
import type {GraphProto, NodeProto, TensorProto} from '../../network/generated/onnx_pb.js';
import type {Network} from '../../network/network.js';
import {operationType} from '../../network/operation-names.js';
import {readTensor, tensorProto} from '../../network/tensor-proto.js';
import {withFields} from '../../network/with-fields.js';
import {batchRules} from './batch-rules.js';
import {type BatchedNode, type BatchFinding, countsRows, type GivenInput} from './batched-node.js';
import {constantMeaning, constantNodeMeaning, constantTensor} from './constant-meaning.js';
import {countRules} from './count-rules.js';
import {KnownShapes} from './known-shapes.js';
import {isSame, type Meaning, rows, same} from './meaning.js';

const mayMix = 'it may mix requests';
const wholeTypes: ReadonlySet<string | undefined> = new Set(['i64', 'i32', 'bool']);

/** A node as it is in a batch, and what stands against it. */
export interface TracedNode {
  readonly node: NodeProto;
  readonly fault: string | undefined;
  /** Values that it needs, those that its bodies capture too. */
  readonly reads: readonly string[];
}

/** What each value of a network is to a batch; none for what comes of a node with a fault. */
export class BatchTrace {
  readonly meanings = new Map<string, Meaning>();
  readonly nodes: readonly TracedNode[];
  /** Initializers that nodes were given instead of others. */
  readonly given: TensorProto[] = [];
  /** Values that come of what a request brings. */
  readonly fed: Set<string>;
  readonly #types = new Map<string, string>();
  readonly #constants = new Map<string, TensorProto>();
  readonly #shapes: KnownShapes;
  readonly #single: boolean;
  readonly #refused = new Set<string>();
  /** Whole numbers that a request may override, and what is made of them: perhaps in another shape. */
  readonly #overridable: Set<string>;
  readonly #opset: number;

  /** `inferred` is what follows from the inputs where a request is alone, without claims. */
  constructor(network: Network, inferred: ReadonlyMap<string, ValueInfo>) {
    const {model, graph, inputs} = network;
    this.#shapes = new KnownShapes(network, inferred);
    this.#single = inputs.every(({shape}) => shape?.[0] === 1);
    this.fed = new Set(graph.inputs);
    const standard = model.opsetImport.find(({domain}) => domain === '' || domain === 'ai.onnx');
    this.#opset = Number(standard?.version ?? 1);
    for (const [name, info] of inferred) {
      if (info.kind === 'tensor') this.#types.set(name, info.type);
    }
    const whole = model.graph as GraphProto;
    for (const tensor of whole.initializer) this.#addConstant(tensor.name, tensor);
    const isWhole = (name: string) => wholeTypes.has(this.#types.get(name));
    this.#overridable = new Set(graph.overridable.filter(isWhole));
    for (const {name, type, shape} of inputs) {
      const first = shape?.[0];
      this.#types.set(name, type);
      if (first === 1 || typeof first === 'string') this.meanings.set(name, rows(0));
      else this.#refused.add(name);
    }
    this.nodes = whole.node.map((node, at) => this.#traced(node, graph.operations[at]));
  }

  #addConstant(name: string, tensor: TensorProto): void {
    this.#constants.set(name, tensor);
    this.#shapes.addConstant(name, tensor);
    this.meanings.set(name, constantMeaning(tensor));
    this.#types.set(name, elementTypeOfOnnx(tensor.dataType) ?? '');
  }

  #traced(node: NodeProto, operation: Operation | undefined): TracedNode {
    const reads = operation?.inputs ?? node.input;
    const isFed = operation?.random === true || reads.some(name => this.fed.has(name));
    const mayChange = reads.some(name => this.#overridable.has(name));
    for (const output of node.output) {
      if (isFed) this.fed.add(output);
      if (mayChange) this.#overridable.add(output);
    }
    const constant = operationType(node) === 'Constant' ? constantTensor(node) : undefined;
    if (constant !== undefined) this.#addConstant(node.output[0] ?? '', constant);
    const fault = this.#follow(node, {reads, random: operation?.random === true});
    if (typeof fault !== 'object') return {node, fault, reads};
    return {node: fault, fault: undefined, reads: fault.input};
  }

  /** What stands against a node, or the node as it must be. */
  #follow(
    node: NodeProto,
    {reads, random}: {readonly reads: readonly string[]; readonly random: boolean},
  ): string | NodeProto | undefined {
    const cannotSay = reads.some(name => this.#refused.has(name));
    const found = random ? 'it draws random numbers' : this.#findingOn(node, reads);
    const finding =
      typeof found === 'object' && 'means' in found ? this.#given(node, found) : found;
    if (cannotSay || typeof finding === 'string') {
      for (const output of node.output) this.#refused.add(output);
      return cannotSay || typeof finding !== 'string' ? undefined : finding;
    }
    if ('$typeName' in finding) return finding;
    for (const [at, output] of node.output.entries()) {
      const meaning = 'kind' in finding ? finding : finding[at];
      if (output !== '' && meaning !== undefined) this.meanings.set(output, meaning);
    }
    return undefined;
  }

  #findingOn(node: NodeProto, reads: readonly string[]): BatchFinding {
    const type = operationType(node);
    if (type === 'Constant') return constantNodeMeaning(node);
    const meanings = reads.map(name => this.#meaningOf(name));
    const apart = !meanings.every(isSame);
    // What has bodies has no rule: it may capture what it does not read as an input.
    const hasRows = meanings.some(meaning => meaning.kind === 'rows');
    const rule = (hasRows ? batchRules : countRules).get(type);
    if (rule !== undefined) return rule(this.#describe(node, type));
    if (!apart) return same();
    return hasRows ? mayMix : countsRows;
  }

  #meaningOf(name: string): Meaning {
    return this.meanings.get(name) ?? same();
  }

  #describe(node: NodeProto, type: string): BatchedNode {
    const nameOf = (at: number) => node.input[at] ?? '';
    const meaningAt = (at: number) => (nameOf(at) === '' ? undefined : this.#meaningOf(nameOf(at)));
    const held = [...node.input.filter(Boolean), node.output[0] ?? ''];
    return {
      node,
      type,
      opset: this.#opset,
      single: this.#single,
      whole: held.every(name => wholeTypes.has(this.#types.get(name))),
      input: meaningAt,
      rankOf: at => this.#shapes.rankOf(nameOf(at), meaningAt(at)),
      dimsOf: at => this.#shapes.dimsOf(nameOf(at), meaningAt(at)),
      constantOf: at => {
        const tensor = this.#constants.get(nameOf(at));
        return tensor === undefined || isExternal(tensor) ? undefined : readTensor(tensor);
      },
    };
  }

  /** The node with other values for one of its inputs, which others may read too. */
  #given(node: NodeProto, {means, input, values}: GivenInput): string | NodeProto {
    const old = node.input[input] ?? '';
    if (node.input.some(name => this.#overridable.has(name))) {
      return 'a request may override what its shape depends on';
    }
    const name = `${old}/batched/${this.given.length}`;
    this.given.push(tensorProto(name, values));
    this.meanings.set(node.output[0] ?? '', means);
    return withFields(node, {input: node.input.map((each, at) => (at === input ? name : each))});
  }
}

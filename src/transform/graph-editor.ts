import {invariant} from '../errors.js';
import {bodiesOf, capturedValues, localValues} from '../network/captured-values.js';
import {isExternal} from '../network/external-data.js';
import type {GraphProto, NodeProto, TensorProto} from '../network/generated/onnx_pb.js';
import {constantTensor} from '../network/lift-body-weights.js';
import {type FunctionOf, localFunctions} from '../network/local-functions.js';
import type {Network} from '../network/network.js';
import {nodeProto} from '../network/node-proto.js';
import {sortNodes} from '../network/sort-nodes.js';
import {withFields} from '../network/with-fields.js';
import {FreshNames} from './fresh-names.js';

/** A node while passes change it: `proto` is replaced as a whole, never written to. */
export interface EditedNode {
  readonly proto: NodeProto;
}

interface OpenNode {
  proto: NodeProto;
}

/** What `GraphEditor.finish` says of the operations that were changed. */
export interface EditedGraph {
  readonly graph: GraphProto;
  /** For each operation that passes made, the operation of the network that it stands for. */
  readonly made: ReadonlyMap<string, string>;
  /** Operations of the network that are gone. */
  readonly removed: readonly string[];
}

const irVersionOfConstants = 4n;

/**
 * The outermost graph of a network while passes change it: who makes and who reads each value is
 * known at any time, and each change costs what it touches. What bodies of nodes read is pinned to
 * its name, as network outputs are.
 */
export class GraphEditor {
  readonly #graph: GraphProto;
  readonly #irVersion: bigint;
  readonly #functionOf: FunctionOf;
  readonly #opsets: ReadonlyMap<string, number>;
  readonly #overridable: ReadonlySet<string>;
  readonly #nodes = new Set<OpenNode>();
  readonly #makers = new Map<string, OpenNode>();
  readonly #readers = new Map<string, Set<OpenNode>>();
  readonly #pinned: ReadonlySet<string>;
  readonly #initializers: Map<string, TensorProto>;
  readonly #names = new FreshNames();
  readonly #taken = new FreshNames();
  /** The operation of the network that each one stands for that was ever made. */
  readonly #origins = new Map<string, string>();
  #changes = 0;

  constructor({model, graph: {overridable}}: Network) {
    invariant(model.graph !== undefined, 'a network that was read has a graph');
    this.#graph = model.graph;
    this.#irVersion = model.irVersion;
    this.#opsets = new Map(model.opsetImport.map(o => [domainOf(o.domain), Number(o.version)]));
    this.#functionOf = localFunctions(model);
    this.#overridable = new Set(overridable);
    this.#initializers = new Map(this.#graph.initializer.map(tensor => [tensor.name, tensor]));
    const captured = this.#graph.node.flatMap(node => capturedValues(node));
    this.#pinned = new Set([...this.#graph.output.map(({name}) => name), ...captured]);
    for (const {name} of this.#graph.input) this.#taken.add(name);
    for (const name of this.#initializers.keys()) this.#taken.add(name);
    for (const {values} of this.#graph.sparseInitializer) this.#taken.add(values?.name ?? '');
    for (const name of innerValues(this.#graph.node)) this.#taken.add(name);
    for (const proto of this.#graph.node) this.#insert({proto});
  }

  /** Whether initializers can be added: in files of older versions they must be inputs, too. */
  get hasConstants(): boolean {
    return this.#irVersion >= irVersionOfConstants;
  }

  /** How often a node was added, changed or removed. */
  get changes(): number {
    return this.#changes;
  }

  /** Version of an operator set, `''` being that of ONNX; 0 if the network does not import it. */
  opset(domain = ''): number {
    return this.#opsets.get(domain) ?? 0;
  }

  /** Whether a node calls a function that the file defines. */
  isFunction({proto}: EditedNode): boolean {
    return this.#functionOf(proto) !== undefined;
  }

  /** In topological order, those that passes made last; nodes may be added and removed meanwhile. */
  nodes(): readonly EditedNode[] {
    return [...this.#nodes];
  }

  maker(value: string): EditedNode | undefined {
    return this.#makers.get(value);
  }

  /** Nodes that read a value, each once. */
  readers(value: string): readonly EditedNode[] {
    return [...(this.#readers.get(value) ?? [])];
  }

  readerCount(value: string): number {
    return this.#readers.get(value)?.size ?? 0;
  }

  /** Whether a value must stay under its name: a network output, or read by the body of a node. */
  isPinned(value: string): boolean {
    return this.#pinned.has(value);
  }

  /** The tensor of a value that no request can change and whose bytes are at hand. */
  constant(value: string): TensorProto | undefined {
    const tensor = this.#initializers.get(value);
    if (tensor !== undefined) {
      return this.#overridable.has(value) || isExternal(tensor) ? undefined : tensor;
    }
    const maker = this.#makers.get(value);
    const made = maker === undefined ? undefined : constantTensor(maker.proto)?.tensor;
    return made === undefined || isExternal(made) ? undefined : made;
  }

  /** Whether a value is an initializer, also one that a request may override or that lies outside. */
  isInitializer(value: string): boolean {
    return this.#initializers.has(value);
  }

  /** Adds an initializer, under a name like the one that is wished. */
  initializer(wish: string, tensor: TensorProto): string {
    const name = this.freshValue(wish);
    this.#initializers.set(name, withFields(tensor, {name}));
    return name;
  }

  /** A name that no value has, now taken. */
  freshValue(wish: string): string {
    return this.#taken.fresh(wish);
  }

  /**
   * Adds a node that stands for `origin`, under a name like the one that is wished. What has the name
   * of a node that was removed before is that node, moved.
   */
  add(proto: NodeProto, wish: string, origin: EditedNode): EditedNode {
    const name = this.#names.fresh(wish);
    const node = {proto: withFields(proto, {name})};
    this.#origins.set(name, this.#originOf(origin));
    this.#changes++;
    this.#insert(node);
    return node;
  }

  /** Adds a node with one output, a new value of which the name is returned. */
  compute(type: string, input: readonly string[], output: string, origin: EditedNode): string {
    const value = this.freshValue(output);
    this.add(nodeProto(type, input, [value]), value, origin);
    return value;
  }

  /** Gives a node other inputs, outputs or attributes; its name stays. */
  change(
    node: EditedNode,
    fields: Partial<Pick<NodeProto, 'input' | 'output' | 'attribute'>>,
  ): void {
    const open = this.#open(node);
    this.#changes++;
    this.#unlink(open);
    open.proto = withFields(open.proto, fields);
    this.#link(open);
  }

  /** Whoever reads `from` reads `to` instead; `from` must not be pinned. */
  redirect(from: string, to: string): void {
    invariant(!this.isPinned(from), `"${from}" is pinned and cannot be read from elsewhere`);
    for (const node of this.readers(from)) {
      this.change(node, {input: node.proto.input.map(name => (name === from ? to : name))});
    }
  }

  remove(node: EditedNode): void {
    const open = this.#open(node);
    this.#changes++;
    this.#unlink(open);
    this.#nodes.delete(open);
    this.#names.delete(open.proto.name);
  }

  /** The graph with its nodes in topological order, without what nothing reads any more. */
  finish(): EditedGraph {
    for (const node of this.nodes()) if (this.#isUselessConstant(node)) this.remove(node);
    const node = [...sortNodes([...this.#nodes].map(({proto}) => proto))];
    const declared = new Set(this.#graph.input.map(({name}) => name));
    const neverRead = new Set(this.#graph.initializer.map(({name}) => name));
    for (const {input} of this.#graph.node) for (const name of input) neverRead.delete(name);
    const initializer = [...this.#initializers.values()].filter(
      ({name}) => declared.has(name) || neverRead.has(name) || this.#isNeeded(name),
    );
    const values = new Set([...this.#makers.keys(), ...declared]);
    const graph = withFields(this.#graph, {
      node,
      initializer,
      valueInfo: this.#graph.valueInfo.filter(({name}) => values.has(name)),
    });
    return {graph, ...this.#renamed(node)};
  }

  #renamed(nodes: readonly NodeProto[]): Omit<EditedGraph, 'graph'> {
    const names = new Set(nodes.map(({name}) => name));
    const removed = this.#graph.node.map(({name}) => name).filter(name => !names.has(name));
    for (const {name} of this.#graph.node) names.delete(name);
    return {
      made: new Map([...names].map(name => [name, this.#origins.get(name) ?? name])),
      removed,
    };
  }

  /** An operation of the network that was read. */
  #originOf({proto: {name}}: EditedNode): string {
    return this.#origins.get(name) ?? name;
  }

  #isUselessConstant({proto}: EditedNode): boolean {
    return proto.opType === 'Constant' && !proto.output.some(value => this.#isNeeded(value));
  }

  #isNeeded(value: string): boolean {
    return this.isPinned(value) || this.readerCount(value) > 0;
  }

  #open(node: EditedNode): OpenNode {
    invariant(this.#nodes.has(node), `"${node.proto.name}" is no node of this graph`);
    return node;
  }

  #insert(node: OpenNode): void {
    this.#nodes.add(node);
    this.#names.add(node.proto.name);
    this.#link(node);
  }

  #link(node: OpenNode): void {
    for (const value of node.proto.output) {
      if (value === '') continue;
      this.#makers.set(value, node);
      this.#taken.add(value);
    }
    for (const value of node.proto.input) {
      const readers = this.#readers.get(value);
      if (readers === undefined) this.#readers.set(value, new Set([node]));
      else readers.add(node);
    }
  }

  #unlink(node: OpenNode): void {
    for (const value of node.proto.output) {
      if (this.#makers.get(value) === node) this.#makers.delete(value);
    }
    for (const value of node.proto.input) this.#readers.get(value)?.delete(node);
  }
}

/** Every name that bodies of nodes define, however deep. */
function* innerValues(nodes: readonly NodeProto[]): Generator<string> {
  for (const body of nodes.flatMap(bodiesOf)) {
    yield* localValues(body);
    yield* innerValues(body.node);
  }
}

function domainOf(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

import {create} from '@bufbuild/protobuf';
import type {ElementType} from '../../schemas/element-type.js';
import type {Dimension, TensorData, TensorInfo} from '../../schemas/tensor.js';
import {
  type FunctionProto,
  FunctionProtoSchema,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from '../../src/network/generated/onnx_pb.js';
import {modelProto} from '../../src/network/model-proto.js';
import {type Attributes, nodeProto} from '../../src/network/node-proto.js';
import {tensorProto} from '../../src/network/tensor-proto.js';
import {typedValue, valueInfoProto} from '../../src/network/value-types.js';
import {withFields} from '../../src/network/with-fields.js';
import {writeModel} from '../../src/network/write-model.js';

/**
 * Builds an ONNX network, or the body of an operation, value by value:
 *
 *     new NetworkBuilder('relu').input('x', 'f32', ['n', 3]).node('Relu', 'x', 'y').output('y')
 *       .bytes()
 *
 * Names are given as lists or as one string with spaces between; `-` leaves an optional value out.
 */
export class NetworkBuilder {
  readonly #name: string;
  readonly #nodes: NodeProto[] = [];
  readonly #inputs: TensorInfo[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #claims: ValueInfoProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #functions: FunctionProto[] = [];
  readonly #opsets: Record<string, number> = {'': 17};
  #irVersion = 8;

  constructor(name = 'network') {
    this.#name = name;
  }

  irVersion(version: number): this {
    this.#irVersion = version;
    return this;
  }

  opset(domain: string, version: number): this {
    this.#opsets[domain] = version;
    return this;
  }

  input(name: string, type: ElementType, shape: readonly Dimension[] | null): this {
    this.#inputs.push({name, type, shape});
    return this;
  }

  initializer(name: string, tensor: TensorData | TensorProto): this {
    const isProto = '$typeName' in tensor;
    this.#initializers.push(isProto ? withFields(tensor, {name}) : tensorProto(name, tensor));
    return this;
  }

  /** An initializer that is an input too, so that a request may override it. */
  overridable(name: string, tensor: TensorData): this {
    return this.initializer(name, tensor).input(name, tensor.type, tensor.shape);
  }

  /** The node is unnamed unless `name` is given. */
  node(
    type: string,
    inputs: string | readonly string[],
    outputs: string | readonly string[],
    attributes: Attributes = {},
    name = '',
  ): this {
    this.#nodes.push(
      withFields(nodeProto(type, namesOf(inputs), namesOf(outputs), attributes), {name}),
    );
    return this;
  }

  /** What the file says of a value that is neither input nor output, true or not. */
  claim(name: string, type: ElementType, shape: readonly Dimension[]): this {
    this.#claims.push(typedValue({name, type, shape}));
    return this;
  }

  /** Untyped if no type is given. */
  output(name: string, type?: ElementType, shape: readonly Dimension[] | null = null): this {
    this.#outputs.push(type ? typedValue({name, type, shape}) : valueInfoProto(name));
    return this;
  }

  /** A local function `domain.name` with the nodes of `body`. */
  function(type: string, inputs: string, outputs: string, body: NetworkBuilder): this {
    const [domain, name] = type.split('.');
    const {opsetImport, graph} = body.model();
    this.#functions.push(
      create(FunctionProtoSchema, {
        ...{domain: domain ?? '', name: name ?? '', opsetImport},
        ...{input: [...namesOf(inputs)], output: [...namesOf(outputs)], node: graph?.node ?? []},
      }),
    );
    return this.opset(domain ?? '', 1);
  }

  /** The body of an `If`, `Loop` or `Scan`. */
  graph(): GraphProto {
    const {graph} = this.model();
    if (graph === undefined) throw new Error('a model that was built has a graph');
    return graph;
  }

  model(): ModelProto {
    const model = modelProto({
      name: this.#name,
      nodes: this.#nodes,
      inputs: this.#inputs,
      outputs: this.#outputs,
      initializers: this.#initializers,
      functions: this.#functions,
      opsets: this.#opsets,
      irVersion: this.#irVersion,
    });
    model.graph?.valueInfo.push(...this.#claims);
    return model;
  }

  bytes(): Uint8Array {
    return writeModel(this.model());
  }
}

function namesOf(names: string | readonly string[]): readonly string[] {
  const list = typeof names === 'string' ? names.split(' ').filter(name => name !== '') : names;
  return list.map(name => (name === '-' ? '' : name));
}

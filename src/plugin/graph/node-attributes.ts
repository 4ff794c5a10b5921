import type {TensorData} from '../../../schemas/tensor.js';
import type {AttributeProto, NodeProto} from '../../network/generated/onnx_pb.js';
import {readTensor} from '../../network/tensor-proto.js';
import {unsupported} from './unsupported.js';

/** The attributes of a node, read by name; each method gives the default where one is absent. */
export class NodeAttributes {
  readonly #byName: ReadonlyMap<string, AttributeProto>;

  constructor({attribute}: NodeProto) {
    this.#byName = new Map(attribute.map(each => [each.name, each]));
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  float(name: string, absent: number): number {
    return this.#byName.get(name)?.f ?? absent;
  }

  int(name: string, absent: number): number {
    return Number(this.#byName.get(name)?.i ?? absent);
  }

  flag(name: string, absent: boolean): boolean {
    return this.int(name, absent ? 1 : 0) !== 0;
  }

  text(name: string, absent: string): string {
    const bytes = this.#byName.get(name)?.s;
    return bytes === undefined ? absent : new TextDecoder().decode(bytes);
  }

  /** One of `choices`; anything else is not supported. */
  choice<Choice extends string>(name: string, absent: Choice, choices: readonly Choice[]): Choice {
    const given = this.text(name, absent);
    const chosen = choices.find(choice => choice === given);
    if (chosen !== undefined) return chosen;
    throw unsupported(`${name}: expected ${choices.join(' or ')}, given ${given}`);
  }

  ints(name: string): readonly number[] | undefined {
    return this.#byName.get(name)?.ints.map(Number);
  }

  wideInts(name: string): readonly bigint[] | undefined {
    return this.#byName.get(name)?.ints;
  }

  floats(name: string): readonly number[] | undefined {
    return this.#byName.get(name)?.floats;
  }

  texts(name: string): readonly string[] | undefined {
    return this.#byName.get(name)?.strings.map(bytes => new TextDecoder().decode(bytes));
  }

  tensor(name: string): TensorData | undefined {
    const tensor = this.#byName.get(name)?.t;
    return tensor === undefined ? undefined : readTensor(tensor);
  }

  /** Refuses a node that has attribute `name` with another value than the one supported. */
  expectInt(name: string, supported: number, absent = supported): void {
    const given = this.int(name, absent);
    if (given !== supported) throw unsupported(`${name}: expected ${supported}, given ${given}`);
  }
}

import {type ElementType, elementTypes} from '../../../schemas/element-type.js';
import {invariant} from '../../errors.js';
import {unsupported} from './unsupported.js';

/** What a variable of a signature may stand for. */
export type TypeSets = Readonly<Record<string, readonly ElementType[]>>;

interface Parameter {
  /** An element type, or a variable that stands for the same one everywhere. */
  readonly type: string;
  readonly optional: boolean;
}

/**
 * The types that an operation takes and gives, as text: `(T, I?) -> T, bool`. `?` marks an input
 * that may be left out, `T...` one or more of them. As a result, `Q|u8` is u8 where the input of
 * type Q is left out, and `attribute` means that an attribute tells.
 */
export class Signature {
  readonly #inputs: readonly Parameter[];
  readonly #variadic: boolean;
  readonly #outputs: readonly string[];
  readonly #sets: TypeSets;

  constructor(text: string, sets: TypeSets) {
    const [, inputs, outputs] = /^\((.*)\) -> (.+)$/.exec(text) ?? [];
    invariant(inputs !== undefined && outputs !== undefined, `a signature: ${text}`);
    this.#variadic = inputs.endsWith('...');
    this.#inputs = list(inputs.replace('...', '')).map(type => ({
      type: type.replace('?', ''),
      optional: type.endsWith('?'),
    }));
    this.#outputs = list(outputs);
    this.#sets = sets;
  }

  /** What a variable may stand for; nothing if the signature has none of this name. */
  typesOf(variable: string): readonly ElementType[] {
    return this.#sets[variable] ?? [];
  }

  /** Why inputs of these types (undefined: left out) are not taken; undefined if they are. */
  problem(given: readonly (ElementType | undefined)[]): string | undefined {
    const {length} = this.#inputs;
    if (!this.#variadic && given.length > length) {
      return `expected at most ${length} inputs, given ${given.length}`;
    }
    const bound = new Map<string, ElementType>();
    const count = this.#variadic ? Math.max(length, given.length) : length;
    for (let index = 0; index < count; index++) {
      const problem = this.#problemAt(index, given[index], bound);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** The types of `count` results; `told` where an attribute tells. */
  results(
    given: readonly (ElementType | undefined)[],
    count: number,
    told?: ElementType,
  ): readonly ElementType[] {
    const outputs = Array.from({length: count}, (_, index) => this.#output(index));
    return outputs.map(output => {
      if (output === 'attribute') return told ?? 'f32';
      if (isElementType(output)) return output;
      const [variable, absent] = output.split('|');
      const type = given.find((_, at) => this.#inputs[at]?.type === variable) ?? absent;
      invariant(type !== undefined && isElementType(type), `result ${output} is of a known type`);
      return type;
    });
  }

  /** Throws `unsupported` for an output that is not claimed. */
  #output(index: number): string {
    const [first = ''] = this.#outputs;
    if (first.endsWith('...')) return first.replace('...', '');
    const output = this.#outputs[index];
    if (output !== undefined) return output;
    throw unsupported(`expected at most ${this.#outputs.length} outputs`);
  }

  #problemAt(
    index: number,
    type: ElementType | undefined,
    bound: Map<string, ElementType>,
  ): string | undefined {
    const parameter = this.#inputs[Math.min(index, this.#inputs.length - 1)];
    invariant(parameter !== undefined, 'only a parameter is asked about');
    if (type === undefined) {
      return parameter.optional ? undefined : `input ${index} is missing`;
    }
    const allowed = this.#allowed(parameter.type);
    if (!allowed.includes(type)) {
      return `input ${index}: expected ${allowed.join(', ')}, given ${type}`;
    }
    const other = bound.get(parameter.type) ?? type;
    bound.set(parameter.type, other);
    return other === type
      ? undefined
      : `input ${index}: expected ${other} as before, given ${type}`;
  }

  #allowed(type: string): readonly ElementType[] {
    const allowed = isElementType(type) ? [type] : this.#sets[type];
    invariant(allowed !== undefined, `the variable ${type} has a set of types`);
    return allowed;
  }
}

function list(text: string): readonly string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');
}

function isElementType(text: string): text is ElementType {
  return elementTypes.some(type => type === text);
}

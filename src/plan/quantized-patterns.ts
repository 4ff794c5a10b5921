import type {Tie} from './atomic-units.js';
import type {OperationRoles} from './constants.js';
import {type NetworkIndex, operationAt} from './network-index.js';

/** Operations between the one that reads dequantised tensors and QuantizeLinear, at the most. */
const chainMax = 4;

/** What follows an integer product to make it float32 again, in this order. */
const rescaling: readonly string[] = ['Cast', 'Mul', 'Add'];

/**
 * Values inside quantised patterns, `DequantizeLinear → operation → QuantizeLinear` and what
 * follows the integer products of dynamic quantisation. A cut through one would ship float32 where
 * bytes would do, and runtimes compute a whole pattern on integers but its parts on floats, which
 * does not round alike. Near-linear: chains are short, and each is followed once.
 */
export function quantizedPatterns(index: NetworkIndex, roles: OperationRoles): readonly Tie[] {
  return new PatternSearch(index, roles).ties();
}

class PatternSearch {
  readonly #index: NetworkIndex;
  readonly #roles: OperationRoles;
  readonly #types: readonly string[];
  readonly #readers = new Map<string, number[]>();
  readonly #ties: Tie[] = [];

  constructor(index: NetworkIndex, roles: OperationRoles) {
    this.#index = index;
    this.#roles = roles;
    this.#types = index.graph.operations.map(({type}) => type.replace(/^com\.microsoft\./, ''));
  }

  ties(): readonly Tie[] {
    if (!this.#types.some(type => /[Qq]uantizeLinear$|Integer$/.test(type))) return [];
    this.#index.graph.operations.forEach(({inputs}, at) => {
      if (this.#roles.placed[at] !== true) return;
      for (const value of inputs) {
        const readers = this.#readers.get(value);
        if (readers === undefined) this.#readers.set(value, [at]);
        else readers.push(at);
      }
    });
    this.#types.forEach((type, at) => {
      if (this.#roles.placed[at] !== true || this.#roles.constant[at] === true) return;
      if (type === 'DequantizeLinear') this.#dequantize(at);
      else if (type === 'QuantizeLinear') this.#quantize(at);
      else if (type === 'DynamicQuantizeLinear') this.#tieToMaker(at);
      else if (type === 'MatMulInteger' || type === 'ConvInteger') this.#product(at);
      else if (type === 'Cast') this.#lookUp(at);
    });
    return this.#ties;
  }

  /** With what reads it; where that quantises anew, runtimes join it with what is before, too. */
  #dequantize(at: number): void {
    for (const value of operationAt(this.#index, at).outputs) {
      for (const reader of this.#readers.get(value) ?? []) {
        this.#tie(value, at, reader);
        if (this.#types[reader] === 'QuantizeLinear') this.#tieToMaker(at);
      }
    }
  }

  /** A byte made wide to look it up in a constant table, with that. */
  #lookUp(at: number): void {
    const {inputs, outputs} = operationAt(this.#index, at);
    const info = this.#index.graph.values.get(inputs[0] ?? '');
    if (info?.kind !== 'tensor' || (info.type !== 'u8' && info.type !== 'i8')) return;
    for (const value of outputs) {
      for (const reader of this.#readers.get(value) ?? []) {
        const isLookUp = this.#types[reader] === 'Gather' && this.#onlySource(reader) !== undefined;
        if (isLookUp) this.#tie(value, at, reader);
      }
    }
  }

  /** With what makes its float32, back to the operation that reads dequantised tensors. */
  #quantize(at: number): void {
    this.#tieToMaker(at);
    const chain: Tie[] = [];
    let maker = this.#makerOf(at);
    while (maker !== undefined && chain.length < chainMax) {
      if (this.#readsDequantized(maker)) {
        this.#ties.push(...chain);
        return;
      }
      const tie = this.#onlySource(maker);
      if (tie === undefined) return;
      chain.push(tie);
      maker = tie.producer;
    }
  }

  /** An integer product with what rescales it. */
  #product(at: number): void {
    let from = at;
    for (const type of rescaling) {
      const [value] = operationAt(this.#index, from).outputs;
      const readers = this.#readers.get(value ?? '') ?? [];
      const [reader] = readers;
      if (value === undefined || reader === undefined || readers.length > 1) return;
      if (this.#types[reader] !== type) return;
      this.#tie(value, from, reader);
      from = reader;
    }
  }

  #tieToMaker(at: number): void {
    const maker = this.#makerOf(at);
    const [value] = operationAt(this.#index, at).inputs;
    if (maker !== undefined && value !== undefined) this.#tie(value, maker, at);
  }

  /** What makes the first input, unless that is a network input or constant. */
  #makerOf(at: number): number | undefined {
    const [value = ''] = operationAt(this.#index, at).inputs;
    return this.#varyingMaker(value);
  }

  #varyingMaker(value: string): number | undefined {
    const maker = this.#index.producers.get(value);
    if (maker === undefined || this.#roles.constant[maker] === true) return undefined;
    return maker;
  }

  /** Weights count as well: they are dequantised constants. */
  #readsDequantized(at: number): boolean {
    const sources = this.#index.sources[at] ?? [];
    return sources.some(source => this.#types[source] === 'DequantizeLinear');
  }

  /** The tie to what makes the only varying input, if nothing else reads that. */
  #onlySource(at: number): Tie | undefined {
    const varying = operationAt(this.#index, at).inputs.filter(
      value => this.#varyingMaker(value) !== undefined,
    );
    const [value] = varying;
    if (value === undefined || varying.length > 1) return undefined;
    const producer = this.#varyingMaker(value);
    if (producer === undefined || this.#readers.get(value)?.length !== 1) return undefined;
    return {value, producer, consumer: at};
  }

  #tie(value: string, producer: number, consumer: number): void {
    this.#ties.push({value, producer, consumer});
  }
}

import type {ValueInfo} from '../../../schemas/network-graph.js';
import type {Dimension} from '../../../schemas/tensor.js';
import type {TensorProto} from '../../network/generated/onnx_pb.js';
import type {Network} from '../../network/network.js';
import {numberTerm, rowsTimes, sizeTerm, type Term} from './count.js';
import type {Meaning} from './meaning.js';

/** Shapes of values where a request is alone, and what they are in a batch. */
export class KnownShapes {
  readonly #shapes = new Map<string, readonly Dimension[]>();
  /** Names that stand for one size: those that the network's inputs declare once. */
  readonly #names: ReadonlySet<string>;

  /** `inferred` is what follows from the inputs, without what the file claims. */
  constructor(network: Network, inferred: ReadonlyMap<string, ValueInfo>) {
    for (const [name, info] of inferred) {
      if (info.kind === 'tensor' && info.shape !== null) this.#shapes.set(name, info.shape);
    }
    const fed = [...network.inputs, ...network.overridable];
    for (const {name, shape} of fed) if (shape !== null) this.#shapes.set(name, shape);
    const all = fed.flatMap(({shape}) => shape ?? []).filter(each => typeof each === 'string');
    // Nothing holds two inputs to one size by giving them one name.
    this.#names = new Set(
      all.filter(each => each !== '?' && all.indexOf(each) === all.lastIndexOf(each)),
    );
  }

  addConstant(name: string, {dims}: TensorProto): void {
    this.#shapes.set(name, dims.map(Number));
  }

  rankOf(name: string, meaning: Meaning | undefined): number | undefined {
    if (meaning?.kind === 'counts') return meaning.shape.length;
    if (meaning?.kind === 'same' && meaning.rank !== undefined) return meaning.rank;
    return (
      this.#shapes.get(name)?.length ??
      (meaning?.kind === 'rows' ? meaning.sizes?.length : undefined)
    );
  }

  /** Undefined if not even the rank is known. */
  dimsOf(name: string, meaning: Meaning | undefined): readonly Term[] | undefined {
    if (meaning?.kind === 'counts') return meaning.shape.map(numberTerm);
    const rank = this.rankOf(name, meaning);
    if (rank === undefined) return undefined;
    const shape = this.#shapes.get(name);
    return Array.from({length: rank}, (_, axis): Term => {
      if (meaning?.kind === 'rows' && axis === meaning.axis) return rowsTimes(meaning.times);
      const size = shape?.length === rank ? shape[axis] : undefined;
      if (typeof size === 'number') return numberTerm(size);
      const own = meaning?.kind === 'rows' ? meaning.sizes?.[axis] : undefined;
      if (own !== undefined) return own;
      const known = size !== undefined && this.#names.has(size);
      return sizeTerm(known ? size : `${name}[${axis}]`);
    });
  }
}

/** Numbers of which the last small one before a place is found in logarithmic time. */
export class RangeMinimum {
  readonly values: Float64Array;
  readonly #leaves: number;
  /** A complete binary tree, its root at 1: each node the minimum of its two below. */
  readonly #tree: Float64Array;

  constructor(values: Float64Array) {
    this.values = values;
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, values.length)));
    this.#tree = new Float64Array(this.#leaves * 2).fill(Number.POSITIVE_INFINITY);
    this.#tree.set(values, this.#leaves);
    for (let node = this.#leaves - 1; node > 0; node--) {
      this.#tree[node] = Math.min(this.#at(2 * node), this.#at(2 * node + 1));
    }
  }

  /** The last index from `from` to `to`, both included, with a number of at most `limit`; or -1. */
  lastAtMost(limit: number, from: number, to: number): number {
    let node = this.#leaves + to;
    if (to < from) return -1;
    while (this.#at(node) > limit) {
      // Up to the first node of which everything lies before what was looked at.
      while (node % 2 === 0) node /= 2;
      if (node === 1) return -1;
      node--;
    }
    while (node < this.#leaves) node = this.#at(2 * node + 1) <= limit ? 2 * node + 1 : 2 * node;
    const found = node - this.#leaves;
    return found < from ? -1 : found;
  }

  #at(node: number): number {
    return this.#tree[node] ?? Number.POSITIVE_INFINITY;
  }
}
